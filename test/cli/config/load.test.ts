import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/cli/config/fault.ts'
import { type ConfigSources, loadConfig } from '../../../src/cli/config/load.ts'
import { configSchema, isLoopback, validateBinding } from '../../../src/contract/config.ts'

interface Given extends Partial<Omit<ConfigSources, 'readFile'>> {
  yaml?: string
  files?: Record<string, string>
}

function load({ yaml, files = {}, ...given }: Given = {}) {
  const all: Record<string, string | undefined> = { 'alluvium.yaml': yaml, ...files }
  return loadConfig({ flags: {}, set: [], env: {}, readFile: path => all[path], ...given })
}

function faultsOf(given: Given): string {
  try {
    load(given)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('no fault was found')
}

describe('where a setting comes from', () => {
  it('takes the defaults where nothing is told', () => {
    expect(load()).toEqual(configSchema.parse({}))
    expect(load().port).toBe(8420)
    expect(load().host).toBe('127.0.0.1')
  })

  it('puts the file over the defaults, the environment over the file, flags over the environment, --set last', () => {
    const yaml = 'port: 1\nretention_days: 7'
    const env = { ALLUVIUM_PORT: '2' }
    expect(load({ yaml }).port).toBe(1)
    expect(load({ yaml, env }).port).toBe(2)
    expect(load({ yaml, env, flags: { port: '3' } }).port).toBe(3)
    expect(load({ yaml, env, flags: { port: '3' }, set: ['port=4', 'port=5'] }).port).toBe(5)
    expect(load({ yaml, env }).retention_days).toBe(7)
  })

  it('merges nested settings key by key', () => {
    const config = load({
      yaml: 'limits:\n  body_bytes_max: 1000\n  event_bytes_max: 2000\n',
      env: { ALLUVIUM_LIMITS__BODY_BYTES_MAX: '3000' },
      set: ['limits.event_depth_max=8'],
    })
    expect(config.limits).toMatchObject({
      body_bytes_max: 3000,
      event_bytes_max: 2000,
      event_depth_max: 8,
      runs_max: 8,
    })
  })

  it('reads the file that --config names, then the one of ALLUVIUM_CONFIG, then alluvium.yaml', () => {
    const files = { 'a.yaml': 'port: 1', 'b.yaml': 'port: 2', 'alluvium.yaml': 'port: 3' }
    expect(load({ files, file: 'a.yaml', env: { ALLUVIUM_CONFIG: 'b.yaml' } }).port).toBe(1)
    expect(load({ files, env: { ALLUVIUM_CONFIG: 'b.yaml' } }).port).toBe(2)
    expect(load({ files }).port).toBe(3)
  })

  it('reads text by the type of its setting: a directory called 42 stays text', () => {
    const config = load({
      env: { ALLUVIUM_DATA_DIR: '42', ALLUVIUM_RETENTION_DAYS: '0.5', ALLUVIUM_SLICE_HOURS: '6' },
    })
    expect(config).toMatchObject({ data_dir: '42', retention_days: 0.5, slice_hours: 6 })
  })

  it('takes whole maps from the environment, as YAML', () => {
    const env = {
      ALLUVIUM_STREAMS: '{"web-clicks": {"retention_days": 2}}',
      ALLUVIUM_STREAMS__AUDIT__RETENTION_DAYS: '365',
    }
    expect(load({ env }).streams).toEqual({
      'web-clicks': { retention_days: 2 },
      audit: { retention_days: 365 },
    })
  })

  it('takes keys as a list in the file and as one string in the environment', () => {
    const [a, b] = [
      'a:default:ingest:0123456789abcdef',
      'b:shop:query+admin:sha256=00112233445566778899aabbccddeeff',
    ]
    expect(load({ yaml: `api_keys:\n  - ${a}\n  - ${b}\n` }).api_keys).toEqual([a, b])
    expect(load({ env: { ALLUVIUM_API_KEYS: `${a}, ${b}` } }).api_keys).toEqual([a, b])
  })

  it('takes an empty file, a key without a value and an empty variable for not set', () => {
    expect(load({ yaml: '# nothing yet\n' })).toEqual(configSchema.parse({}))
    expect(load({ yaml: 'limits:\n#  body_bytes_max: 5\nport:\n', env: { ALLUVIUM_HOST: '' } })).toEqual(
      configSchema.parse({}),
    )
  })

  it('leaves alone what is not its own, what the client uses, and what Kubernetes puts there', () => {
    const env = {
      PATH: '/bin',
      ALLUVIUM_URL: 'http://x',
      ALLUVIUM_KEY: 'alv_x',
      ALLUVIUM_SERVICE_HOST: '10.0.0.1',
      ALLUVIUM_SERVICE_PORT_HTTP: '8420',
      ALLUVIUM_PORT: 'tcp://10.0.0.1:8420',
      ALLUVIUM_PORT_8420_TCP_ADDR: '10.0.0.1',
    }
    expect(load({ env })).toEqual(configSchema.parse({}))
  })
})

describe('what is wrong with a setting', () => {
  it.each<[string, Given, string[]]>([
    [
      'a wrong type, with its line',
      { yaml: '# mine\n\nport: eighty\n' },
      ['port  (alluvium.yaml:3)', 'found     "eighty"', 'expected  a whole number from 0 to 65535'],
    ],
    [
      'a number out of range, with its variable',
      { env: { ALLUVIUM_PORT: '70000' } },
      ['port  (ALLUVIUM_PORT)', 'found     70000', 'from 0 to 65535'],
    ],
    [
      'half a port, with its flag',
      { flags: { port: '80.5' } },
      ['port  (--port)', 'found     80.5', 'a whole number'],
    ],
    [
      'hours that do not divide a day',
      { set: ['slice_hours=5'] },
      ['slice_hours  (--set)', 'found     5', 'one of 1, 2, 3, 4, 6, 8, 12, 24'],
    ],
    [
      'a word that is none of the choices',
      { flags: { 'log-level': 'loud' } },
      ['log_level  (--log-level)', '"loud"', 'one of debug, info, warn, error, silent'],
    ],
    [
      'a negative time',
      { yaml: 'retention_days: -1' },
      ['retention_days  (alluvium.yaml:1)', 'a number above 0'],
    ],
    [
      'a nested value, with its line',
      { yaml: 'limits:\n  runs_max: 8\n  event_depth_max: 999\n' },
      ['limits.event_depth_max  (alluvium.yaml:3)', '999', 'a whole number from 1 to 256'],
    ],
    [
      'a value where keys belong',
      { yaml: 'limits: 5' },
      ['limits  (alluvium.yaml:1)', 'found     5', 'keys with values'],
    ],
    [
      'the same, under a nested variable',
      { yaml: 'limits: 5', env: { ALLUVIUM_LIMITS__RUNS_MAX: '4' } },
      ['limits  (alluvium.yaml:1)'],
    ],
    [
      'text where text belongs but none is',
      { yaml: 'data_dir: [a]' },
      ['data_dir  (alluvium.yaml:1)', 'found     ["a"]', 'expected  text'],
    ],
    [
      'two shares in the wrong order',
      { yaml: 'limits:\n  disk_full_ratio: 0.5\n  disk_resume_ratio: 0.6\n' },
      ['limits.disk_resume_ratio  (alluvium.yaml:3)', 'below limits.disk_full_ratio'],
    ],
    [
      'a misspelt key',
      { yaml: 'host: localhost\nprot: 80\n' },
      ['prot  (alluvium.yaml:2)', 'there is no such key; did you mean port?'],
    ],
    [
      'a misspelt nested key',
      { set: ['limits.body_byte_max=1'] },
      ['limits.body_byte_max  (--set)', 'did you mean limits.body_bytes_max?'],
    ],
    [
      'a misspelt variable',
      { env: { ALLUVIUM_LIMITS__BODY_BYTE_MAX: '1' } },
      ['(ALLUVIUM_LIMITS__BODY_BYTE_MAX)', 'did you mean ALLUVIUM_LIMITS__BODY_BYTES_MAX?'],
    ],
    [
      'a key that is like none',
      { yaml: 'quuxbar: 1' },
      ['quuxbar  (alluvium.yaml:1)', 'there is no such key'],
    ],
    ['a key below a value', { set: ['port.x=1'] }, ['port.x  (--set)', 'nothing can be set below it']],
    [
      'a stream with a bad name',
      { yaml: 'streams:\n  "Web Clicks":\n    retention_days: 1\n' },
      ['streams.Web Clicks  (alluvium.yaml:2)', 'lower-case letters'],
    ],
    [
      'a name that would reach into the language',
      { set: ['__proto__.x=1'] },
      ['__proto__  (--set)', 'there is no such key'],
    ],
    ['text that is no YAML', { yaml: 'port: 1\nhost: "open\n' }, ['alluvium.yaml:', 'quote']],
    ['a key given twice', { yaml: 'port: 1\nport: 2\n' }, ['alluvium.yaml:2', 'unique']],
    [
      'a list where keys belong',
      { yaml: '- port\n' },
      ['alluvium.yaml', 'expected keys with values, such as `port: 8420`'],
    ],
    ['a file that is not there', { file: 'x.yaml' }, ['--config', 'there is no file x.yaml']],
    [
      'a file that is not there, from the environment',
      { env: { ALLUVIUM_CONFIG: 'y.yaml' } },
      ['ALLUVIUM_CONFIG', 'there is no file y.yaml'],
    ],
    ['a --set without =', { set: ['port'] }, ['--set', 'found     "port"', 'key=value']],
  ])('names %s', (_, given, texts) => {
    const message = faultsOf(given)
    for (const text of texts) expect(message).toContain(text)
  })

  it('tells all faults at once', () => {
    const message = faultsOf({ yaml: 'prot: 1\nhost: 5\n', env: { ALLUVIUM_THREADS: 'many' } })
    expect(message).toContain('3 faults')
    for (const key of ['prot', 'host', 'threads']) expect(message).toContain(`  ${key}  (`)
  })

  it('never shows an API key', () => {
    const message = faultsOf({ env: { ALLUVIUM_API_KEYS: 'me:default:everything:a-very-secret-secret' } })
    expect(message).toContain('api_keys.0  (ALLUVIUM_API_KEYS)')
    expect(message).toContain('id:tenant:scope+scope:secret')
    expect(message).not.toContain('a-very-secret')
  })

  it('refuses a secret that could be guessed', () => {
    expect(faultsOf({ yaml: 'api_keys: "me:default:query:short"' })).toContain('16 characters or more')
  })
})

describe('binding', () => {
  it('knows loopback', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'])
      expect(isLoopback(host), host).toBe(true)
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'example.com'])
      expect(isLoopback(host), host).toBe(false)
  })

  it('lets loopback go without keys, and anything with keys', () => {
    expect(validateBinding('127.0.0.1', false)).toBeUndefined()
    expect(validateBinding('0.0.0.0', true)).toBeUndefined()
  })

  it('says what to do when others could reach it without keys', () => {
    const fault = validateBinding('0.0.0.0', false)
    expect(fault).toContain('no API keys are set')
    expect(fault).toContain('alluvium keys create')
    expect(fault).toContain('--host 127.0.0.1')
  })
})
