// A thousand events of GitHub: the whole graph counted again from the raw lines, by the pack that is written for them and
// by none at all.

import { beforeAll, expect, it } from 'vitest'
import { type Client, clientOf, linesOf } from './client.ts'
import { type Asking, asking, expectNodes, expectWalk, keyOf, nameOf } from './knowledge.ts'
import { linked, type NodeName, named, type PlainEvent, PlainGraph } from './plain-graph.ts'
import { describeWith, readData } from './real-data.ts'
import { place } from './serve.ts'

const data = 'github-events/events.ndjson'

interface GithubEvent {
  id: string
  type: string
  created_at: string
  actor: { login: string }
  repo: { name: string }
  org?: { login: string }
  payload: {
    action?: string
    ref_type?: string
    member?: { login: string }
    forkee?: { full_name: string }
    issue?: { number: number; title: string; labels: { name: string }[] }
    pull_request?: { number: number }
    commits?: { author: { email: string }; message: string }[]
    pages?: { page_name: string }[]
  }
}

/** What is done, by type of event and `action`. */
const deeds: Record<string, [edge: string, what: 'repo' | 'issue' | 'pull' | 'wiki']> = {
  PushEvent: ['pushed', 'repo'],
  WatchEvent: ['starred', 'repo'],
  ForkEvent: ['forked', 'repo'],
  ReleaseEvent: ['released', 'repo'],
  CommitCommentEvent: ['commented', 'repo'],
  'CreateEvent repository': ['created', 'repo'],
  'IssuesEvent opened': ['opened_issue', 'issue'],
  'IssuesEvent closed': ['closed_issue', 'issue'],
  IssueCommentEvent: ['commented', 'issue'],
  'PullRequestEvent opened': ['opened_pull', 'pull'],
  'PullRequestEvent closed': ['closed_pull', 'pull'],
  PullRequestReviewCommentEvent: ['reviewed', 'pull'],
  GollumEvent: ['edited_wiki', 'wiki'],
}

function eventOf({ type, created_at, actor, repo, org, payload }: GithubEvent): PlainEvent {
  const [actors, repos, orgs] = [
    named('actor', actor.login),
    named('repo', repo.name),
    named('org', org?.login),
  ]
  const members = type === 'MemberEvent' ? named('actor', payload.member?.login) : []
  const forks = type === 'ForkEvent' ? named('repo', payload.forkee?.full_name) : []
  const issues = named('issue', repo.name, payload.issue?.number)
  const pulls = named('pull_request', repo.name, payload.pull_request?.number)
  const labels = (payload.issue?.labels ?? []).flatMap(({ name }) => named('label', name))
  const authors = (payload.commits ?? []).flatMap(({ author }) => named('author', author.email))
  const pages = (payload.pages ?? []).flatMap(({ page_name }) => named('wiki_page', repo.name, page_name))
  const targets = { repo: repos, issue: issues, pull: pulls, wiki: pages }
  const deed = deeds[type] ?? deeds[`${type} ${payload.action ?? payload.ref_type}`]
  return {
    timeMs: Date.parse(created_at),
    nodes: [actors, members, repos, forks, orgs, issues, pulls, labels, authors, pages].flat(),
    edges: [
      ...(deed ? linked(actors, deed[0], targets[deed[1]]) : []),
      ...linked(forks, 'fork_of', repos),
      ...(payload.action === 'added' ? linked(members, 'joined', repos) : []),
      ...linked(authors, 'committed_to', repos),
      ...linked(repos, 'owned_by', orgs),
      ...[issues, pulls, pages].flatMap(things => linked(things, 'in', repos)),
      ...linked(issues, 'labelled', labels),
    ],
  }
}

describeWith(data, 'what events of GitHub say and mention', async () => {
  const here = await place()
  let raw: GithubEvent[]
  let events: PlainEvent[]
  let graph: PlainGraph
  let client: Client
  let ask: Asking
  beforeAll(async () => {
    const lines = linesOf(readData(data))
    raw = lines.map(line => JSON.parse(line.toString()))
    events = raw.map(eventOf)
    graph = new PlainGraph(events)
    client = clientOf(await here.serve())
    ask = asking(client)
    await client.send(lines.join('\n'), { query: '?pack=github' })
    await client.send(lines.join('\n'), { query: '?stream=unread&source=unread' })
  }, 30_000)

  it('are all nodes with all their links, each as often as the lines say', async () => {
    expect(graph.countByType()).toMatchObject({ repo: expect.any(Number), label: expect.any(Number) })
    await expectNodes(ask, graph, [...graph.nodes.keys()])
  }, 30_000)

  it('are walked in breadth to three hops, in every part of the time', async () => {
    const times = events.map(({ timeMs }) => timeMs).sort((a, b) => a - b)
    const window = { fromMs: times[300]!, untilMs: times[700]! }
    const part = new PlainGraph(events, window)
    const actors = [...graph.nodes.keys()].filter(name => name.startsWith('actor '))
    for (const start of actors.filter((_, i) => i % 40 === 0)) {
      await expectWalk(ask, graph, { start, hops: 3 })
      if (part.nodes.has(start)) await expectWalk(ask, part, { start, hops: 3, window })
    }
  }, 30_000)

  it('link people by the shortest way that there is', async () => {
    const actors = [...graph.nodes.keys()].filter(name => name.startsWith('actor '))
    const source = actors.sort((a, b) => reachOf(b).size - reachOf(a).size)[0]!
    for (const [target, hops] of [...reachOf(source)].filter((_, i) => i % 5 === 0 && i > 0)) {
      const path = await ask.path({ source: keyOf(source), target: keyOf(target), hops: 10 })
      expect(path.nodes.map(nameOf).at(-1), target).toBe(target)
      expect(path.edges.length, target).toBe(hops)
    }
    function reachOf(name: NodeName) {
      return graph.reach(name, 6).hops
    }
  })

  it('are found by what a person would ask', async () => {
    const { hits } = await ask.search({ text: 'crash on startup', k: 5 })
    expect(hits.map(({ text }) => text).join('\n')).toMatch(/crash/i)
    const segfault = await ask.search({ text: 'segmentaton fault', mode: 'words' })
    expect(segfault.hits[0]!.text).toMatch(/segmentation fault/i)
    const near = await ask.search({ near: { node: { type: 'repo', key: 'rust-lang/rust' } }, k: 100 })
    const there = raw.filter(({ repo }) => repo.name === 'rust-lang/rust').map(({ id }) => id)
    expect(near.hits.map(({ event_id }) => event_id).sort()).toEqual(there.sort())
  })

  it('are known by their actors and repositories without a pack', async () => {
    const unread = asking(client, 'unread')
    const { pack } = (await client.get('/v1/catalog/packs/auto?stream=unread')).json<{
      pack?: { entities?: Record<string, { key: string | string[]; type?: string }> }
    }>()
    const keys = Object.entries(pack?.entities ?? {}).map(([name, { key, type }]) => [
      [key].flat().join(),
      type ?? name,
    ])
    const types = Object.fromEntries(keys) as Record<string, string>
    const repoType = types['repo.name'] ?? types['repo.id']
    expect(repoType, JSON.stringify(types)).toBeDefined()
    const busy = raw.filter(({ repo }) => repo.name === 'rust-lang/rust')
    const key = types['repo.name'] ? 'rust-lang/rust' : String((busy[0]!.repo as { id?: number }).id)
    expect(await unread.node(`${repoType!} ${key}`)).toMatchObject({ type: repoType })
    const { hits } = await unread.search({ text: 'crash on startup', k: 5 })
    expect(hits.map(({ text }) => text).join('\n')).toMatch(/crash/i)
  })
})
