// All calls of the API, in the order in which the contract tells them. The app serves this list and the contract is
// printed from it, so neither can have what the other lacks.

import { autoPackRoutes } from './auto-pack.ts'
import { clustersRoutes } from './clusters.ts'
import { newRouter, type Router } from './context.ts'
import { embeddingsRoutes } from './embeddings.ts'
import { eventsRoutes } from './events.ts'
import { graphRoutes } from './graph.ts'
import { healthRoutes } from './health.ts'
import { ingestRoutes } from './ingest.ts'
import { jobsRoutes } from './jobs.ts'
import { packsRoutes } from './packs.ts'
import { quarantineRoutes } from './quarantine.ts'
import { searchRoutes } from './search.ts'
import { segmentsRoutes } from './segments.ts'

export function apiRoutes(): Router {
  const api = newRouter()
  for (const routes of [
    ingestRoutes(),
    eventsRoutes(),
    quarantineRoutes(),
    searchRoutes(),
    graphRoutes(),
    segmentsRoutes(),
    autoPackRoutes(),
    packsRoutes(),
    clustersRoutes(),
    jobsRoutes(),
    embeddingsRoutes(),
    healthRoutes(),
  ]) {
    api.route('/', routes)
  }
  return api
}
