// The least that a JavaScript service could do: a plain Hono handler that reads the body and parses each line. Nothing
// is checked, stored or synced. What comes in faster than this never went through JSON.parse.

import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()
app.post('/v1/events', async c => {
  const text = await c.req.text()
  let sent = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    JSON.parse(line)
    sent++
  }
  return c.json({ sent, accepted: sent, duplicate: 0, quarantined: 0 })
})

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  process.stdout.write(`serves at http://127.0.0.1:${port}\n`)
})
process.once('SIGTERM', () => server.close(() => process.exit(0)))
