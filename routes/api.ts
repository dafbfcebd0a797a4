// All calls of the API, in the order in which the contract tells them. The app serves this list and the contract is
// printed from it, so neither can have what the other lacks.

import { newRouter, type Router } from './context.ts'
import { embeddingsRoutes } from './embeddings.ts'
import { eventsRoutes } from './events.ts'
import { healthRoutes } from './health.ts'
import { ingestRoutes } from './ingest.ts'
import { quarantineRoutes } from './quarantine.ts'
import { segmentsRoutes } from './segments.ts'

export function apiRoutes(): Router {
  const api = newRouter()
  for (const routes of [
    ingestRoutes(),
    eventsRoutes(),
    quarantineRoutes(),
    segmentsRoutes(),
    embeddingsRoutes(),
    healthRoutes(),
  ]) {
    api.route('/', routes)
  }
  return api
}
