// The kernels answer the same on every runtime, to the bit, and with either binary but for rounding.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binaries } from '../engine/binaries.ts'
import { bunExecutable, denoExecutable } from './executables.ts'
import { type Answers, answersOf } from './kernels/answers.ts'

const dist = resolve('dist/wasm')
/** What f32 sums may differ by when products are rounded once instead of twice. */
const share = 1e-5

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alluvium-kernels-'))
  await build({
    entryPoints: {
      process: 'test/runtime/kernels/in-process.ts',
      worker: 'test/runtime/kernels/in-worker.ts',
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    external: ['node:*'],
    plugins: [
      {
        name: 'wasm-modules',
        setup: ({ onResolve }) =>
          onResolve({ filter: /\.wasm$/ }, ({ path }) => ({
            path: `./${path.split('/').at(-1)}`,
            external: true,
          })),
      },
    ],
  })
})
afterAll(() => rmSync(folder, { recursive: true }))

const processes: Record<string, () => string[]> = {
  Node: () => [process.execPath, '--experimental-wasm-relaxed-simd'],
  Bun: () => [bunExecutable()],
  Deno: () => [denoExecutable(), 'run', '--allow-read'],
}

const expected = answersOf(binaries[0]!.module)

describe.each(Object.keys(processes))('the kernels on %s', name => {
  const ask = (binary: string): Answers | null => {
    const [command, ...flags] = processes[name]!()
    const args = [...flags, join(folder, 'process.mjs'), join(dist, `${binary}.wasm`)]
    return JSON.parse(execFileSync(command!, args, { encoding: 'utf8', maxBuffer: 1 << 26 }))
  }

  it('answer as they do here', () => {
    expect(ask('engine')).toEqual(expected)
  })

  it('answer the same with relaxed SIMD, where there is any', () => {
    const relaxed = ask('engine-relaxed')
    if (relaxed) expectClose(relaxed)
    else expect(name).toBe('Bun')
  })
})

describe('the kernels on workerd', () => {
  let workerd: Miniflare
  beforeAll(async () => {
    workerd = new Miniflare({
      modulesRoot: '/',
      modules: [
        { type: 'ESModule', path: join(folder, 'worker.mjs') },
        ...['engine', 'engine-relaxed'].map(binary => ({
          type: 'CompiledWasm' as const,
          path: join(folder, `${binary}.wasm`),
          contents: new Uint8Array(readFileSync(join(dist, `${binary}.wasm`))),
        })),
      ],
      compatibilityDate: '2025-09-01',
    })
    await workerd.ready
  })
  afterAll(() => workerd.dispose())

  const ask = async (binary: string): Promise<Answers> =>
    (await (await workerd.dispatchFetch(`http://kernels/${binary}`)).json()) as Answers

  it('answer as they do here', async () => {
    expect(await ask('engine')).toEqual(expected)
  })

  it('answer the same with relaxed SIMD', async () => {
    expectClose(await ask('engine-relaxed'))
  })
})

function expectClose({ whole, real }: Answers): void {
  expect(whole).toEqual(expected.whole)
  expect(Object.keys(real)).toEqual(Object.keys(expected.real))
  for (const [name, values] of Object.entries(real)) {
    const wanted = expected.real[name]!
    const scale = Math.max(...wanted.map(Math.abs))
    expect(values.length, name).toBe(wanted.length)
    for (const [i, value] of values.entries())
      expect(Math.abs(value - wanted[i]!), `${name}[${i}]`).toBeLessThanOrEqual(share * scale)
  }
}
