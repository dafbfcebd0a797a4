// Static embeddings: texts a second on one core, and how long the first one takes.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type * as Engine from '../../src/engine/engine.ts'
import { compiledEngines, loadEngine } from '../measure/indexes.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { figure, spread } from './figures.ts'
import type { Place, Suite } from './suite.ts'

const modelPath = 'models/static-minilm-256/model.bin'
const rateWanted = 100_000
const coldMsMax = 150

interface Kind {
  name: string
  bytes: number
}

const kinds: Kind[] = [
  { name: 'short, 80 bytes', bytes: 80 },
  { name: 'long, 2,000 bytes', bytes: 2000 },
]

interface Measured {
  name: string
  coldMs: Spread
  /** of each kind */
  rates: Spread[]
}

export const embed: Suite = {
  name: 'embed',
  title: 'Static embeddings',
  about:
    'The default model, 256 dims, on one thread. Texts are English sentences with seeded names and numbers, no two alike. Cold start is compiling the kernels, reading the model, checking it, laying it into memory and embedding one text.',
  async run(place) {
    const engine = await loadEngine()
    const measured: Measured[] = []
    let tokenCount = 0
    for (const compiled of compiledEngines(engine)) {
      const outcome = measure(engine, compiled, place)
      measured.push(outcome.measured)
      tokenCount = outcome.tokenCount
    }
    return {
      tables: [
        {
          title: 'Texts a second',
          columns: ['', ...kinds.map(({ name }) => name), 'cold start, ms'],
          rows: measured.map(({ name, rates, coldMs }) => [name, ...rates.map(spread), spread(coldMs)]),
        },
      ],
      targets: place.isSmall ? [] : targetsOf(measured),
      comparisons: [],
      charts: [],
      counts: { tokens: tokenCount },
      repetitions: measured,
    }
  },
}

function measure(
  engine: typeof Engine,
  { name, module }: { name: string; module: WebAssembly.Module },
  { isSmall, repeat, tell }: Place,
) {
  const coldMs = Array.from({ length: repeat }, () => coldStartMs(engine))
  const held = engine.holdEmbedModel(
    engine.startKernels<Engine.EmbedExports>(module),
    new Uint8Array(readFileSync(resolve(modelPath))),
  )
  let tokenCount = 0
  const rates = kinds.map(({ bytes }) => {
    const texts = engine.textColumn(drawTexts(bytes, isSmall ? 200 : Math.ceil(8_000_000 / bytes)))
    const count = texts.offsets.length - 1
    const found = Array.from({ length: repeat + 1 }, () => {
      const start = performance.now()
      const { tokenCounts } = engine.embedTexts(held, texts)
      const seconds = (performance.now() - start) / 1000
      tokenCount += tokenCounts.reduce((sum, tokens) => sum + tokens, 0) / (repeat + 1)
      return count / seconds
    })
    // the first round is compiled as it runs
    return spreadOf(found.slice(1))
  })
  tell(`${name}: ${rates.map(({ median }) => figure(median)).join(' and ')} texts/s`)
  return { measured: { name, coldMs: spreadOf(coldMs), rates }, tokenCount }
}

function coldStartMs(engine: typeof Engine): number {
  const start = performance.now()
  const module = new WebAssembly.Module(readFileSync(resolve('dist/wasm/engine.wasm')))
  const model = new Uint8Array(readFileSync(resolve(modelPath)))
  const held = engine.holdEmbedModel(engine.startKernels<Engine.EmbedExports>(module), model)
  engine.embedTexts(held, engine.textColumn(['the first event of the day']))
  return performance.now() - start
}

function targetsOf(measured: readonly Measured[]) {
  const rate = Math.max(...measured.map(({ rates }) => rates[0]!.median))
  const cold = Math.max(...measured.map(({ coldMs }) => coldMs.median))
  return [
    {
      what: 'short texts a second, one core',
      wanted: `≥ ${figure(rateWanted)}`,
      found: figure(rate),
      met: rate >= rateWanted,
    },
    { what: 'cold start', wanted: `≤ ${coldMsMax} ms`, found: `${figure(cold)} ms`, met: cold <= coldMsMax },
  ]
}

const words =
  'the payment of order was declined by a bank while user opened another page and server answered late after deploy in region north because memory ran out again'.split(
    ' ',
  )

/** English words in an order that a multiplicative generator draws (Park, Miller 1988), with a number in each text. */
function drawTexts(bytes: number, count: number): string[] {
  let state = 1
  const draw = (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
  return Array.from({ length: count }, (_, i) => {
    let text = `Event ${i}:`
    while (text.length < bytes) text += ` ${words[draw(words.length)]}`
    return text.slice(0, bytes)
  })
}
