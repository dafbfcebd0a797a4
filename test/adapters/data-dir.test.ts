import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DataDirError, openDataDir } from '../../src/adapters/data-dir.ts'

describe('the data directory', () => {
  let root: string
  let path: string

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'alluvium-data-'))
    path = join(root, 'deep', 'data')
  })
  afterEach(() => rm(root, { recursive: true }))

  it('is made with its folders and its format', async () => {
    const dir = await openDataDir(path)
    expect(dir).toMatchObject({ path, logDirectory: join(path, 'log'), storeDirectory: join(path, 'store') })
    expect(await readFile(join(path, 'format.json'), 'utf8')).toBe('{"format":1}\n')
    expect((await readdir(path)).sort()).toEqual(['format.json', 'lock', 'log', 'store'])
    await dir.close()
    expect(await readdir(join(path, 'lock'))).toEqual([])
    await (await openDataDir(path)).close()
  })

  it('refuses a newer format and says what to do', async () => {
    await (await openDataDir(path)).close()
    await writeFile(join(path, 'format.json'), '{"format":2}')
    await expect(openDataDir(path)).rejects.toThrow(
      /format 2, and this build reads up to 1. Run the newer Alluvium/,
    )
    expect(await readdir(join(path, 'lock'))).toEqual([])
  })

  it('refuses a damaged format, and data without one', async () => {
    await (await openDataDir(path)).close()
    for (const damaged of ['', '{"form', '{}', 'null', '{"format":"1"}', '{"format":0}']) {
      await writeFile(join(path, 'format.json'), damaged)
      await expect(openDataDir(path), damaged).rejects.toThrow(/format.json is damaged/)
    }
    await rm(join(path, 'format.json'))
    await expect(openDataDir(path)).rejects.toThrow(/has data but no format.json/)
  })

  it('starts over a crash within the writing of its format', async () => {
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'format.json~'), '{"for')
    await (await openDataDir(path)).close()
  })

  it('says why it can not be made', async () => {
    await writeFile(join(root, 'file'), '')
    await expect(openDataDir(join(root, 'file', 'data'))).rejects.toThrow(DataDirError)
    await expect(openDataDir(join(root, 'file'))).rejects.toThrow(/can't be made or locked: ENOTDIR/)
    if (process.getuid?.() === 0) return
    await chmod(root, 0o500)
    await expect(openDataDir(path)).rejects.toThrow(/can't be made or locked: EACCES/)
    await chmod(root, 0o700)
  })
})

describe('the lock of the data directory', () => {
  let build_: string
  let root: string
  const children: ChildProcess[] = []

  // Another process has to hold it, and Node 20 strips no types.
  beforeAll(async () => {
    build_ = await mkdtemp(join(tmpdir(), 'alluvium-lock-build-'))
    await build({
      stdin: {
        contents: `import { openDataDir } from './src/adapters/data-dir.ts'
          try {
            await openDataDir(process.argv[2])
            console.log('held')
            setInterval(() => {}, 1000)
          } catch (error) {
            console.log(error.message)
          }`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: join(build_, 'hold.mjs'),
    })
  })
  afterAll(() => rm(build_, { recursive: true }))
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'alluvium-lock-'))
  })
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child)
    await rm(root, { recursive: true })
  })

  const hold = async () => {
    const child = spawn(process.execPath, [join(build_, 'hold.mjs'), root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const [said] = await once(child.stdout!, 'data')
    return { child, said: String(said).trim() }
  }
  const kill = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  it('refuses a second process with its number, and lets it in after a kill', async () => {
    const { child, said } = await hold()
    expect(said).toBe('held')
    await expect(openDataDir(root)).rejects.toThrow(
      new RegExp(
        `in use by another process \\(${child.pid}\\). Stop that process, or choose another directory`,
      ),
    )
    await kill(child)
    const dir = await openDataDir(root)
    expect((await readdir(join(root, 'lock'))).length).toBe(1)
    expect((await hold()).said).toContain(`in use by another process (${process.pid})`)
    await dir.close()
    expect((await hold()).said).toBe('held')
  })

  it('refuses a second opening in the same process', async () => {
    const dir = await openDataDir(root)
    await expect(openDataDir(root)).rejects.toThrow(`in use by this process (${process.pid})`)
    await dir.close()
    await (await openDataDir(root)).close()
  })

  it('is held by at most one of many that start at once over a dead one', async () => {
    await kill((await hold()).child)
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(Array.from({ length: 5 }, hold))
      expect(answers.filter(({ said }) => said === 'held').length).toBeLessThanOrEqual(1)
      for (const child of children.splice(0)) await kill(child)
    }
    expect((await hold()).said).toBe('held')
  })

  it('takes over from a process number that someone else has now', async () => {
    await (await openDataDir(root)).close()
    const dir = await openDataDir(root)
    const [own] = await readdir(join(root, 'lock'))
    await dir.close()
    const [pid, start, place] = own!.split('-')
    await writeFile(join(root, 'lock', `${pid}-${Number(start) - 1}-${place}`), '')
    await (await openDataDir(root)).close()
  })

  it('believes only the heartbeat of a process of another machine or container', async () => {
    await (await openDataDir(root)).close()
    const foreign = join(root, 'lock', '1-77-0123456789abcdef')
    await writeFile(foreign, '')
    let beats = 0
    const beating = setInterval(() => void utimes(foreign, ++beats, beats), 20)
    await expect(openDataDir(root, { heartbeatMs: 50 })).rejects.toThrow(
      /\(1 of another container or machine\)/,
    )
    clearInterval(beating)
    const dir = await openDataDir(root, { heartbeatMs: 50 })
    expect(await readdir(join(root, 'lock'))).not.toContain('1-77-0123456789abcdef')
    await dir.close()
  })
})
