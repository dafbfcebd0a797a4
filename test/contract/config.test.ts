import { describe, expect, it } from 'vitest'
import { configSchema, isLoopback, validateBinding } from '../../src/contract/config.ts'

const secret = 'a-secret-of-20-chars'

function faultOf(config: unknown): string | undefined {
  return configSchema.safeParse(config).error?.issues[0]?.path.join('.')
}

describe('the configuration', () => {
  it('of nothing is the documented one', () => {
    expect(configSchema.parse({})).toMatchObject({
      host: '127.0.0.1',
      port: 8420,
      slice_hours: 24,
      retention_days: 30,
      evict_minutes: 60,
      api_keys: [],
    })
  })

  it.each([
    [{ port: 65_536 }, 'port'],
    [{ port: '8420' }, 'port'],
    [{ host: '' }, 'host'],
    [{ slice_hours: 5 }, 'slice_hours'],
    [{ slice_hours: 48 }, 'slice_hours'],
    [{ retention_days: 0 }, 'retention_days'],
    [{ streams: { Clicks: {} } }, 'streams.Clicks'],
    [{ streams: { clicks: { slice_hours: 7 } } }, 'streams.clicks.slice_hours'],
    [{ limits: { event_depth_max: 1000 } }, 'limits.event_depth_max'],
    [{ limits: { disk_full_ratio: 0.5, disk_resume_ratio: 0.5 } }, 'limits.disk_resume_ratio'],
    [{ api_keys: ['short:tenant:ingest:secret'] }, 'api_keys.0'],
    [{ api_keys: [`id:Tenant:ingest:${secret}`] }, 'api_keys.0'],
    [{ api_keys: [`id:tenant:write:${secret}`] }, 'api_keys.0'],
    [{ embedder: { kind: 'openai' } }, 'embedder.kind'],
    [{ embedder: { kind: 'onnx' } }, 'embedder.onnx.path'],
    [{ embedder: { kind: 'onnx', onnx: { path: '' } } }, 'embedder.onnx.path'],
    [{ embedder: { kind: 'onnx', onnx: { path: 'x', tokens_max: 2 } } }, 'embedder.onnx.tokens_max'],
    [{ embedder: { kind: 'remote', remote: { model: 'm', dims: 8 } } }, 'embedder.remote.url'],
    [{ embedder: { kind: 'remote', remote: { url: 'http://a/v1', dims: 8 } } }, 'embedder.remote.model'],
    [{ embedder: { kind: 'remote', remote: { url: 'http://a/v1', model: 'm' } } }, 'embedder.remote.dims'],
    [{ embedder: { remote: { url: 'ftp://a/v1' } } }, 'embedder.remote.url'],
    [{ embedder: { remote: { url: 'https://user:secret@a/v1' } } }, 'embedder.remote.url'],
    [{ embedder: { remote: { model: 'a b' } } }, 'embedder.remote.model'],
    [{ embedder: { remote: { key_variable: 'sk-a-key-itself' } } }, 'embedder.remote.key_variable'],
    [{ embedder: { remote: { dims: 4097 } } }, 'embedder.remote.dims'],
    [{ quotas: { tenants: { a: { stored_bytes_max: 0 } } } }, 'quotas.tenants.a.stored_bytes_max'],
  ])('%j is refused at %s', (config, path) => {
    expect(faultOf(config)).toBe(path)
  })

  it('has no room for a misspelt key', () => {
    for (const config of [{ prot: 1 }, { limits: { bodies: 1 } }, { quotas: { tenant: {} } }]) {
      expect(configSchema.safeParse(config).error?.issues[0]?.code, JSON.stringify(config)).toBe(
        'unrecognized_keys',
      )
    }
  })

  it('takes keys as a list or as one string with commas', () => {
    const keys = [`a:tenant:ingest+query:${secret}`, `b:other:admin:sha256=${'0'.repeat(64)}`]
    expect(configSchema.parse({ api_keys: keys }).api_keys).toEqual(keys)
    expect(configSchema.parse({ api_keys: keys.join(' , ') }).api_keys).toEqual(keys)
  })
})

describe('binding', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost'])('to %s needs no keys', host => {
    expect(isLoopback(host)).toBe(true)
    expect(validateBinding(host, false)).toBeUndefined()
  })

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.0.0.1.example.com', '1127.0.0.1'])(
    'to %s needs some, and says how to make one',
    host => {
      expect(isLoopback(host)).toBe(false)
      expect(validateBinding(host, true)).toBeUndefined()
      expect(validateBinding(host, false)).toMatch(/--host 127\.0\.0\.1[\s\S]*alluvium keys create/)
    },
  )
})
