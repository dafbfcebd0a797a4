// How well `auto` does, in figures that it prints: on real events, on domains that its rules were written with in view,
// and on domains that were held out. Nothing is tuned to the latter: those called `last` were written when the rules stood.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { heldOutDomains, knownDomains, lastDomains } from './domains.ts'
import { identitiesOf, pairsOf, precision, printed, recall, scoreOf, scoreTable, sumOf } from './scored.ts'
import type { Domain } from './streams.ts'
import { watched } from './watched.ts'

const share = 0.8

describe.each<[string, readonly Domain[], number]>([
  ['known', knownDomains, 1],
  ['held out', heldOutDomains, 101],
  ['last', lastDomains, 201],
])('on domains that were %s', (name, domains, seedFirst) => {
  it('finds what is an identity, and what is connected', () => {
    const seeds = Array.from({ length: 12 }, (_, i) => seedFirst + i)
    const rows = scoreTable(domains, seeds)
    const identities = sumOf(rows.map(row => row.identities))
    const pairs = sumOf(rows.map(row => row.pairs))
    const figures = [precision(identities), recall(identities), precision(pairs), recall(pairs)]
    const totals = `all         ${' '.repeat(8)} ${figures.map(value => value.toFixed(3)).join('  ')}`
    console.log(`${name}, seeds ${seedFirst} to ${seedFirst + 11}\n${printed(rows)}\n${totals}`)
    for (const figure of figures) expect(figure).toBeGreaterThanOrEqual(share)
  })
})

describe('on real events', () => {
  const wiki = '../shared/data/wikiticker/edits-2015-09-12.ndjson.gz'
  it.skipIf(!existsSync(wiki))('finds pages, users and channels among edits of Wikipedia', () => {
    const lines = gunzipSync(readFileSync(wiki)).toString().trim().split('\n').slice(0, 8000)
    const auto = watched(lines.map(line => JSON.parse(line) as object))
    const truth = new Set(['page', 'user', 'channel'])
    const identities = scoreOf(identitiesOf(auto), truth)
    const pairs = scoreOf(pairsOf(auto), new Set(['page user', 'channel user', 'channel page']))
    console.log(
      `wiki: identities ${precision(identities)} ${recall(identities)}, pairs ${precision(pairs)} ${recall(pairs)}`,
    )
    expect(precision(identities)).toBeGreaterThanOrEqual(share)
    expect(recall(identities)).toBeGreaterThanOrEqual(share)
    expect(recall(pairs)).toBeGreaterThanOrEqual(share)
    expect(auto.explain().text[0]).toBe('comment')
  })

  const github = '../shared/data/github-events/events.ndjson'
  it.skipIf(!existsSync(github))('finds actors, repos and what else events of GitHub speak of', () => {
    const lines = readFileSync(github, 'utf8').trim().split('\n')
    const auto = watched(lines.map(line => JSON.parse(line) as object))
    const { entities, edges } = auto.explain()
    const found = new Set(entities.map(({ key }) => key.replace(/\.(login|name|email|id|url)$/, '')))
    const wrong = [...found].filter(thing => !oftenOnGithub.has(thing) && !seldomOnGithub.has(thing))
    const missing = [...oftenOnGithub].filter(thing => !found.has(thing))
    const precisionOfThings = 1 - wrong.length / found.size
    const recallOfThings = 1 - missing.length / oftenOnGithub.size
    console.log(
      `github: things ${precisionOfThings.toFixed(2)} ${recallOfThings.toFixed(2)}; wrong ${wrong.join(', ')}; missing ${missing.join(', ')}`,
    )
    expect(precisionOfThings).toBeGreaterThanOrEqual(share)
    expect(recallOfThings).toBeGreaterThanOrEqual(share)
    expect(entities.slice(0, 2).map(({ key }) => key)).toEqual(['actor.login', 'repo.name'])
    const between = new Set(edges.map(({ edge }) => edge))
    for (const edge of [
      'actor -push-> repo',
      'actor -watch-> repo',
      'actor -issues-> issue',
      'repo -in-> org',
    ])
      expect(between).toContain(edge)
  })
})

/** By hand: whatever has an identity of its own on GitHub and comes in at least one of fifty of these events … */
const oftenOnGithub = new Set([
  ...['actor', 'repo', 'org', 'payload.ref', 'payload.commits[].author', 'payload.commits[].sha'],
  ...['payload.issue', 'payload.issue.user', 'payload.comment.user', 'payload.issue.assignee'],
  ...['payload.pull_request', 'payload.pull_request.user', 'payload.forkee', 'payload.forkee.owner'],
  ...['payload.pull_request.head.user', 'payload.pull_request.base.user'],
  ...['payload.pull_request.head.repo', 'payload.pull_request.base.repo'],
  ...['payload.pull_request.head.ref', 'payload.head', 'payload.before', 'payload.master_branch'],
  ...['payload.issue.labels[]', 'payload.comment.path', 'payload.comment.commit_id'],
])

/** … and what comes more seldom, or names once more what is named already. */
const seldomOnGithub = new Set([
  ...['payload.comment', 'payload.comment.original_commit_id', 'payload.pull_request.merged_by'],
  ...['payload.pull_request.head.sha', 'payload.pull_request.base.sha', 'payload.pull_request.assignee'],
  ...['payload.pull_request.head', 'payload.pull_request.base', 'payload.pull_request.base.ref'],
  ...['payload.pull_request.head.repo.owner', 'payload.pull_request.base.repo.owner'],
  ...['payload.pull_request.milestone', 'payload.issue.milestone', 'payload.issue.milestone.creator'],
  ...['payload.pages[].page_name', 'payload.pages[].sha', 'payload.member'],
  ...['payload.release', 'payload.release.author', 'payload.release.assets[]'],
])
