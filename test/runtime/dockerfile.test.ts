// No Docker runs where the tests do, so this is what can be known of an image without building it.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configSchema } from '../../src/contract/config.ts'

const dockerfile = readFileSync('Dockerfile', 'utf8').split('\n')
const letIn = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter(line => line.startsWith('!'))
  .map(line => line.slice(1))

describe('the image', () => {
  it('copies what exists, and .dockerignore lets in just that', () => {
    const copied = dockerfile
      .filter(line => /^COPY (?!--from)/.test(line))
      .flatMap(line => line.split(' ').slice(1, -1))
    expect(copied.filter(path => !existsSync(path))).toEqual([])
    expect([...copied].sort()).toEqual([...letIn].sort())
  })

  it('listens on the usual port, and not as root', () => {
    const { port } = configSchema.parse({})
    expect(dockerfile).toContain(`EXPOSE ${port}`)
    expect(dockerfile.some(line => line.includes(`ALLUVIUM_PORT=${port}`))).toBe(true)
    expect(dockerfile.indexOf('USER node')).toBeLessThan(
      dockerfile.indexOf('ENTRYPOINT ["node", "dist/alluvium.js"]'),
    )
    expect(dockerfile).toContain('USER node')
  })
})
