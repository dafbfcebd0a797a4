import { expect, it } from 'vitest'
import { builtinPacks } from '../../src/pack/builtin.ts'
import { compilePack } from '../../src/pack/compile.ts'
import { derive } from '../../src/pipeline/derive.ts'
import type { Derived } from '../../src/segment/derived.ts'
import { describeWith, readData } from '../e2e/real-data.ts'
import { batchOf } from '../segment/batches.ts'
import { textAt } from './derived-oracle.ts'

function derivedOf(pack: string, lines: readonly string[]): Derived {
  return derive(compilePack(builtinPacks.get(pack)!), batchOf({ lines }))
}

/** Distinct nodes of a type. */
function nodesOf({ nodes }: Derived, type: string): number {
  return nodes.type.filter(number => nodes.types[number] === type).length
}

function edgesOf({ edges }: Derived, type: string): number {
  return edges.type.filter(number => edges.types[number] === type).length
}

describeWith('wikiticker/edits-2015-09-12.ndjson.gz', 'edits of Wikipedia', () => {
  it('mention the pages, users and channels that they name, and say what was written', () => {
    const lines = readData('wikiticker/edits-2015-09-12.ndjson.gz').toString().trim().split('\n')
    const edits = lines.map(line => JSON.parse(line) as Record<string, string | boolean | null>)
    const distinct = (field: string) => new Set(edits.map(edit => edit[field]).filter(Boolean)).size
    const derived = derivedOf('wiki', lines)
    expect(nodesOf(derived, 'page')).toBe(distinct('page'))
    expect(nodesOf(derived, 'user')).toBe(distinct('user'))
    expect(nodesOf(derived, 'channel')).toBe(distinct('channel'))
    expect(edgesOf(derived, 'edited')).toBe(edits.length)
    expect(edgesOf(derived, 'created')).toBe(edits.filter(({ isNew }) => isNew).length)
    expect(textAt(derived.texts, derived.textOf[0]!)).toBe('Talk:Oswald Tilghman: added project')
  })
})

describeWith('github-events/events.ndjson', 'events of GitHub', () => {
  it('link actors and repositories by what was done', () => {
    const lines = readData('github-events/events.ndjson').toString().trim().split('\n')
    const events = lines.map(line => JSON.parse(line))
    const derived = derivedOf('github', lines)
    const countOf = (type: string, action?: string) =>
      events.filter(event => event.type === type && (!action || event.payload.action === action)).length
    const repos = events.flatMap(({ repo, payload }) => [repo.name, payload.forkee?.full_name ?? repo.name])
    const actors = events.flatMap(({ actor, payload }) => [actor.login, payload.member?.login ?? actor.login])
    expect(nodesOf(derived, 'repo')).toBe(new Set(repos).size)
    expect(nodesOf(derived, 'actor')).toBe(new Set(actors).size)
    expect(edgesOf(derived, 'pushed')).toBe(countOf('PushEvent'))
    expect(edgesOf(derived, 'starred')).toBe(countOf('WatchEvent'))
    expect(edgesOf(derived, 'forked')).toBe(countOf('ForkEvent'))
    expect(edgesOf(derived, 'opened_issue')).toBe(countOf('IssuesEvent', 'opened'))
    expect(edgesOf(derived, 'commented')).toBe(countOf('IssueCommentEvent') + countOf('CommitCommentEvent'))
    const authors = events.flatMap(({ payload, repo }) => [
      ...new Set(
        (payload.commits ?? []).map(
          ({ author }: never) => `${(author as { email: string }).email} ${repo.name}`,
        ),
      ),
    ])
    expect(new Set(authors.map(pair => String(pair).split(' ')[0])).size).toBe(nodesOf(derived, 'author'))
  })
})
