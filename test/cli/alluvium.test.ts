import { describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { commands } from '../../src/cli/alluvium.ts'
import { parseInput } from '../../src/cli/parse.ts'
import { run } from './io.ts'

describe('the command line as a whole', () => {
  it('shows every command in its help', async () => {
    const { code, stdout } = await run(['--help'])
    expect(code).toBe(0)
    for (const { name, summary } of commands) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +`, 'm'))
      expect(stdout).toContain(summary)
    }
    expect((await run(['help'])).stdout).toBe(stdout)
    expect((await run(['-h'])).stdout).toBe(stdout)
  })

  it('shows the help as a fault when nothing was asked', async () => {
    const { code, stdout, stderr } = await run([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('alluvium COMMAND')
  })

  it('tells its version', async () => {
    expect(await run(['--version'])).toEqual({
      code: 0,
      stdout: `alluvium ${manifest.version}\n`,
      stderr: '',
    })
  })

  it.each([
    ['serv', 'did you mean "alluvium serve"?'],
    ['ingset', 'did you mean "alluvium ingest"?'],
    ['frobnicate', 'there is no command "frobnicate"\n'],
    ['--port', 'flags come after the command'],
  ])('answers %s with a hint and exit code 2', async (word, hint) => {
    const { code, stderr } = await run([word])
    expect(code).toBe(2)
    expect(stderr).toContain(hint)
    expect(stderr).toContain('Try: alluvium --help')
  })

  it('colours only a terminal, and not against NO_COLOR', async () => {
    const colour = '\u001b['
    expect((await run(['--help'])).stdout).not.toContain(colour)
    expect((await run(['--help'], {}, { tty: true })).stdout).toContain(colour)
    expect((await run(['--help'], { NO_COLOR: '1' }, { tty: true })).stdout).not.toContain(colour)
  })
})

describe.each(commands.map(command => [command.name, command] as const))(
  'alluvium %s --help',
  (name, command) => {
    it('shows usage, every flag with its text, and the examples', async () => {
      const { code, stdout } = await run([name, '--help'])
      expect(code).toBe(0)
      expect(stdout).toContain(`alluvium ${name} [flags]${command.operands ? ` ${command.operands}` : ''}\n`)
      const flat = stdout.replace(/\s+/g, ' ')
      for (const [flag, { text }] of Object.entries(command.flags)) {
        expect(stdout).toMatch(new RegExp(`^ {2}--${flag}( |$)`, 'm'))
        expect(flat).toContain(text)
      }
      for (const { line } of command.examples) expect(stdout).toContain(`  ${line}\n`)
      expect((await run(['help', name])).stdout).toBe(stdout)
    })

    it('keeps its lines within 100 columns', async () => {
      const { stdout } = await run([name, '--help'])
      for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
    })

    it('has examples that it would take itself', () => {
      expect(command.examples.length).toBeGreaterThan(0)
      for (const { line } of command.examples) {
        const words = line
          .slice(line.indexOf('alluvium ') + 'alluvium '.length)
          .replace(/ > .*/, '')
          .split(' ')
        expect(words[0]).toBe(name)
        expect(() => parseInput(command, words.slice(1)), line).not.toThrow()
      }
    })

    it('refuses a flag that it does not have', async () => {
      const { code, stderr } = await run([name, '--frobnicate'])
      expect(code).toBe(2)
      expect(stderr).toContain('there is no flag --frobnicate')
      expect(stderr).toContain(`Try: alluvium ${name} --help`)
    })
  },
)

describe('flags', () => {
  it.each([
    [['serve', '--prot', '1'], 'there is no flag --prot; did you mean --port?'],
    [['serve', '--port'], '--port needs a value: --port PORT'],
    [['serve', '--port', '--host', 'x'], '--port needs a value'],
    [['segments', '--json=yes'], '--json takes no value'],
    [['serve', 'now'], 'there is nothing to do with "now"'],
    [['ingest'], 'no file to ingest'],
    [['evict'], 'no segment to evict'],
    [['ingest', '--format', 'xml', '-'], '--format takes ndjson, json, parquet; found xml'],
    [['keys'], 'expected create, list, or revoke ID'],
    [['keys', 'revoke', '--keys-file', 'x'], 'expected create, list, or revoke ID'],
    [['demo', '--seed', 'x'], '--seed: expected a whole number, found "x"'],
  ])('%j is told what is wrong', async (argv, message) => {
    const { code, stderr } = await run(argv)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  it('tells a fault of the configuration with exit code 2', async () => {
    const { code, stderr } = await run(['serve', '--set', 'slice_hours=5'])
    expect(code).toBe(2)
    expect(stderr).toContain('slice_hours  (--set)')
  })

  it('refuses to serve other machines without keys, and says what to do', async () => {
    const { code, stderr } = await run(['serve', '--host', '0.0.0.0'])
    expect(code).toBe(2)
    expect(stderr).toContain('alluvium keys create')
  })

  it('takes an operand that begins with a dash after --', async () => {
    const { code, stderr } = await run(['ingest', '--', '--help'])
    expect(code).toBe(1)
    expect(stderr).toContain("--help can't be read")
  })
})
