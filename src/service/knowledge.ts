// Questions of what events say and mention: answered by the reader, once the log has been recovered.

import type { KnowledgeService } from '../contract/knowledge.ts'
import type { Explanation } from '../pack/auto/explain.ts'
import type { StreamName } from '../query/open-runs.ts'

export interface Knowledge extends KnowledgeService {
  /** What `auto` has made of a stream so far. */
  autoPack(stream: StreamName): Promise<Explanation>
}

/** @param requireReady  throws Refused while nothing can be answered yet */
export function knowledgeOf(reading: Knowledge, requireReady: () => void): Knowledge {
  const ask =
    <Request, Answer>(question: (request: Request) => Promise<Answer>) =>
    async (request: Request) => {
      requireReady()
      return question(request)
    }
  return {
    search: ask(request => reading.search(request)),
    node: ask(request => reading.node(request)),
    walk: ask(request => reading.walk(request)),
    path: ask(request => reading.path(request)),
    clusters: ask(request => reading.clusters(request)),
    autoPack: ask(stream => reading.autoPack(stream)),
  }
}
