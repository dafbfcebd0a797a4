import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { html } from '../../routes/docs/markup.ts'
import { openapiDocument } from '../../routes/openapi.ts'
import { harness } from './harness.ts'

async function page(path: string): Promise<{ text: string; policy: string; type: string | null }> {
  const response = await harness().app.request(path, { headers: { accept: 'text/html' } })
  expect(response.status).toBe(200)
  const policy = response.headers.get('content-security-policy')!
  return { text: await response.text(), policy, type: response.headers.get('content-type') }
}

describe('/docs', () => {
  it('shows every call, every problem and every schema, each under a name of its own', async () => {
    const { text, type } = await page('/docs')
    expect(type).toBe('text/html; charset=UTF-8')
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(match => match[1])
    expect(new Set(ids).size).toBe(ids.length)
    const document = JSON.parse(JSON.stringify(openapiDocument()))
    for (const item of Object.values<Record<string, { operationId: string }>>(document.paths)) {
      for (const { operationId } of Object.values(item)) expect(ids).toContain(operationId)
    }
    for (const code of Object.keys(document['x-problems'])) expect(ids).toContain(`problem-${code}`)
    for (const name of Object.keys(document.components.schemas)) expect(ids).toContain(`schema-${name}`)
    for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  })

  it('needs nothing from elsewhere', async () => {
    const { text } = await page('/docs')
    expect(text).not.toMatch(/<(link|img|iframe|object|base)\b/)
    expect(text).not.toMatch(/\bsrc=|@import|url\(/)
    for (const [, target] of text.matchAll(/href="([^"]+)"/g)) expect(target).toMatch(/^[/#]/)
  })

  it('allows only its own style and script to run', async () => {
    for (const path of ['/docs', '/']) {
      const { text, policy } = await page(path)
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toContain('unsafe')
      for (const [, kind, source] of text.matchAll(/<(style|script)>([\s\S]*?)<\/\1>/g)) {
        const hash = createHash('sha256').update(source!).digest('base64')
        expect(policy).toContain(`${kind}-src 'sha256-${hash}'`)
      }
      expect(text).not.toMatch(/ style="| on\w+="/)
    }
  })

  it('has a script that parses', async () => {
    const { text } = await page('/docs')
    const source = /<script>([\s\S]*?)<\/script>/.exec(text)![1]!
    expect(() => new Script(source)).not.toThrow()
  })

  it('closes every element that it opens', async () => {
    for (const path of ['/docs', '/']) {
      const { text } = await page(path)
      const open: string[] = []
      const markup = text.replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, '')
      for (const [, slash, name, rest] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
        if (['meta', 'input', 'br'].includes(name!) || rest!.endsWith('/')) continue
        if (slash) expect(open.pop(), text.slice(0, 80)).toBe(name)
        else open.push(name!)
      }
      expect(open).toEqual([])
    }
  })

  it('escapes what it is given', () => {
    expect(html`<a title="${'"><script>'}">${['<b>', html`<i>`, 7]}</a>`.text).toBe(
      '<a title="&#34;&#62;&#60;script&#62;">&#60;b&#62;<i>7</a>',
    )
  })
})

describe('/', () => {
  it('welcomes people with a page and programs with links', async () => {
    expect((await page('/')).text).toContain('href="/docs"')
    const response = await harness().app.request('/')
    expect(await response.json()).toMatchObject({
      service: 'alluvium',
      docs: '/docs',
      openapi: '/openapi.json',
    })
  })
})
