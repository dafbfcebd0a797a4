// Which plan reads a batch: that of the pack it names, or of what `auto` has made of its stream so far.
//
// What `auto` decides is a function of the batches that it saw, in their order. So that a restart goes on from there, what
// it knows is written down with the parts whose batches taught it; from there on the log repeats the rest.

import { openJson, sealJson } from '../catalog/root.ts'
import type { PackVersion } from '../contract/frames.ts'
import type { PacksService } from '../contract/packs-service.ts'
import { AutoPack, type AutoSnapshot } from '../pack/auto/auto-pack.ts'
import { compilePack } from '../pack/compile.ts'
import type { Plan } from '../pack/plan.ts'
import { observe } from '../pipeline/observe.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'

export interface PlansOptions {
  store: ObjectStore
  packs: Pick<PacksService, 'get'>
}

export interface AutoFile {
  key: string
  file: Uint8Array[]
}

interface Auto {
  pack: AutoPack
  plan: Plan
  /** log sequences of the last batch that it has seen, and of the last that is written down */
  seq: number
  savedSeq: number
}

export class Plans {
  readonly #options: PlansOptions
  readonly #autos = new Map<string, Promise<Auto>>()
  readonly #opened = new Map<string, Auto>()
  /** keys of what was written down and not forgotten since, rising */
  #saved: string[] = []
  readonly #plans = new Map<string, Promise<Plan | undefined>>()
  /** a batch is observed once, however often it is tried */
  readonly #observed = new WeakMap<CheckedBatch, Plan>()
  /** what is published covers the log up to here */
  #appliedSeq = 0

  constructor(options: PlansOptions) {
    this.#options = options
  }

  /** Before the first batch. @param appliedSeq  what is published covers the log up to here */
  begin(appliedSeq: number): void {
    this.#appliedSeq = appliedSeq
  }

  async planOf(batch: CheckedBatch): Promise<Plan | undefined> {
    const { pack } = batch.batch
    if (!pack) return this.#observed.get(batch) ?? this.#observe(batch)
    const key = `${batch.tenant} ${pack.name}@${pack.version}`
    let plan = this.#plans.get(key)
    if (!plan) {
      plan = this.#installed(batch.tenant, pack)
      this.#plans.set(key, plan)
      plan.catch(() => this.#plans.delete(key))
    }
    return plan
  }

  /** What `auto` has made of a stream. */
  async auto(tenant: string, stream: string): Promise<AutoPack> {
    return (await this.#autoOf(tenant, stream)).pack
  }

  /** What is known now and not written down; to be saved before the log lets go of what taught it. */
  snapshots(): AutoFile[] {
    const taught = [...this.#opened].filter(([, { seq, savedSeq }]) => seq > savedSeq)
    return taught.map(([name, auto]) => {
      auto.savedSeq = auto.seq
      return { key: autoKey(name, auto.seq), file: sealJson(auto.pack.snapshot()) }
    })
  }

  async save(snapshots: readonly AutoFile[]): Promise<void> {
    for (const { key, file } of snapshots) {
      await this.#options.store.put(key, file)
      this.#saved.push(key)
    }
  }

  /** The log up to there is let go: of what was written down, only the newest that it covers is needed. */
  async forget(publishedSeq: number): Promise<void> {
    const newest = new Map<string, string>()
    for (const key of this.#saved) if (seqOf(key) <= publishedSeq) newest.set(nameOf(key), key)
    const past = this.#saved.filter(key => {
      const kept = newest.get(nameOf(key))
      return kept !== undefined && seqOf(key) < seqOf(kept)
    })
    this.#saved = this.#saved.filter(key => !past.includes(key))
    await this.#options.store.delete(past)
  }

  async #observe(batch: CheckedBatch): Promise<Plan> {
    const auto = await this.#autoOf(batch.tenant, batch.stream)
    auto.pack.observe(observe(batch, auto.pack))
    auto.seq = batch.batch.seq
    if (auto.pack.pack.version !== auto.plan.version) auto.plan = compilePack(auto.pack.pack)
    this.#observed.set(batch, auto.plan)
    return auto.plan
  }

  #autoOf(tenant: string, stream: string): Promise<Auto> {
    const name = `${tenant}/${stream}`
    let auto = this.#autos.get(name)
    if (!auto) {
      auto = this.#open(name)
      this.#autos.set(name, auto)
      auto.then(
        opened => this.#opened.set(name, opened),
        () => this.#autos.delete(name),
      )
    }
    return auto
  }

  async #open(name: string): Promise<Auto> {
    const saved = await this.#newestSnapshot(name)
    const pack = saved ? AutoPack.restore(saved) : AutoPack.start()
    return { pack, plan: compilePack(pack.pack), seq: 0, savedSeq: 0 }
  }

  async #newestSnapshot(name: string): Promise<AutoSnapshot | undefined> {
    const { store } = this.#options
    const keys: string[] = []
    for await (const { key } of store.list(`auto/${name}/`))
      if (seqOf(key) <= this.#appliedSeq) keys.push(key)
    const newest = keys.pop()
    await store.delete(keys)
    if (newest !== undefined) this.#saved.push(newest)
    const bytes = newest === undefined ? undefined : await store.get(newest)
    return bytes && (openJson(newest!, bytes) as AutoSnapshot)
  }

  async #installed(tenant: string, { name, version }: PackVersion): Promise<Plan | undefined> {
    const found = await this.#options.packs.get(tenant, name, version)
    return found && compilePack(found)
  }
}

function autoKey(name: string, seq: number): string {
  return `auto/${name}/${String(seq).padStart(12, '0')}.json`
}

function nameOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}

function seqOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1, -'.json'.length))
}
