// The service on Cloudflare Workers. The Worker hands every request to the Durable Object of its store.

import { newRouter } from '../../routes/context.ts'
import { problem } from '../../routes/problem.ts'
import { Refused } from '../contract/refused.ts'
import type { WorkerEnv } from './worker-config.ts'

export { AlluviumStore } from './worker-store.ts'

const front = newRouter()

front.all('*', async c => {
  const { STORE, ALLUVIUM_STORE = 'default' } = c.env as WorkerEnv
  return STORE.get(STORE.idFromName(ALLUVIUM_STORE)).fetch(c.req.raw)
})

// The object has ended, or can't begin: its own log says why. What it had acknowledged is in R2.
front.onError((error, c) => {
  c.set('requestId', crypto.randomUUID())
  console.error(
    JSON.stringify({
      level: 'error',
      msg: 'the store did not answer',
      request_id: c.var.requestId,
      error: String(error),
    }),
  )
  return problem(c, new Refused('not_ready', 'the store is starting anew; send the request again'))
})

export default { fetch: front.fetch }
