// What a browser sees: a welcome, the contract and its docs page. They need no key, and a strict policy keeps anything
// from running in them but their own script.

import { toBase64, toUtf8 } from '../src/base/bytes.ts'
import { newRouter, type Router } from './context.ts'
import { html } from './docs/markup.ts'
import { docsPage, page, strata } from './docs/page.ts'
import { script } from './docs/script.ts'
import { style } from './docs/style.ts'
import { negotiate } from './media.ts'
import { openapiDocument, openapiYaml } from './openapi.ts'

export function pageRoutes(): Router {
  const yaml = once(openapiYaml)
  const docs = once(() => docsPage(openapiDocument()))
  const policy = once(contentPolicy)
  const router = newRouter()
  router.get('/openapi.json', c => c.json(openapiDocument()))
  router.get('/openapi.yaml', c => c.body(yaml(), 200, { 'content-type': 'application/yaml; charset=utf-8' }))
  router.get('/docs', async c => c.html(docs(), 200, pageHeaders(await policy())))
  router.get('/', async c => {
    if (negotiate(c.req.header('accept'), ['application/json', 'text/html']) === 'application/json')
      return c.json(welcome)
    return c.html(welcomePage(), 200, pageHeaders(await policy()))
  })
  return router
}

const links = {
  docs: '/docs',
  openapi: '/openapi.json',
  health: '/healthz',
  readiness: '/readyz',
  metrics: '/metrics',
}
const welcome = { service: 'alluvium', ...links }

function welcomePage(): string {
  return page(
    'Alluvium',
    html`<div class="welcome"><h1>${strata}Alluvium</h1>
<p class="lead">Streams lay down layers; the layers hold gold. Events go in, and are stored and readable within a second.</p>
<p>${Object.entries(links).map(([name, path], i) => html`${i > 0 ? ' · ' : ''}<a href="${path}">${name}</a>`)}</p></div>`,
  )
}

function pageHeaders(policy: string): Record<string, string> {
  return {
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
  }
}

/** The style and the script are allowed by their hashes, so that nothing else that got into a page would run. */
async function contentPolicy(): Promise<string> {
  return [
    "default-src 'none'",
    `style-src '${await hashSource(style)}'`,
    `script-src '${await hashSource(script)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

async function hashSource(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', toUtf8(text) as Uint8Array<ArrayBuffer>)
  return `sha256-${toBase64(new Uint8Array(digest))}`
}

/** Made when it is first asked for: a service that no one looks at doesn't pay for its docs. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => (made ??= { value: make() }).value
}
