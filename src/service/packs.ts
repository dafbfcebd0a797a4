// The packs that there are: those that come with the service, and those that tenants installed, each version an object
// of its own that never changes:
//
//   packs/<tenant>/<name>/<version>.json      sealed as the catalog seals its files
//
// All that a registry needs is a store, so each thread has one of its own. A version that is named is found by every one
// of them; which version is the newest is known to the one that installs.

import { CorruptCatalog, openJson, sealJson } from '../catalog/root.ts'
import { type InstalledPack, type Pack, packSchema } from '../contract/pack.ts'
import {
  type DynamicPack,
  type FoundPack,
  type PacksService,
  packVersionsMax,
  tenantPacksMax,
} from '../contract/packs-service.ts'
import { type ItemError, Refused } from '../contract/refused.ts'
import { builtinPacks } from '../pack/builtin.ts'
import { canonicalPack } from '../pack/content.ts'
import type { ObjectStore } from '../ports/object-store.ts'

/** Keys that begin so are kept by no root of the catalog, and belong to no segment. */
const packsPrefix = 'packs/'

export interface RegistryOptions {
  builtin?: ReadonlyMap<string, InstalledPack>
  dynamic?: readonly DynamicPack[]
}

export class PackRegistry implements PacksService {
  readonly #store: ObjectStore
  readonly #builtin: ReadonlyMap<string, InstalledPack>
  readonly #dynamic: readonly DynamicPack[]
  /** by key; a version never changes */
  readonly #packs = new Map<string, Promise<InstalledPack | undefined>>()
  /** by tenant: the newest version of each pack that it installed */
  readonly #newest = new Map<string, Promise<Map<string, number>>>()
  /** installs come one after the other */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(store: ObjectStore, { builtin = builtinPacks, dynamic = [] }: RegistryOptions = {}) {
    this.#store = store
    this.#builtin = builtin
    this.#dynamic = dynamic
  }

  async list(tenant: string): Promise<FoundPack[]> {
    const newest = await this.#newestOf(tenant)
    const names = new Set([
      ...newest.keys(),
      ...this.#builtin.keys(),
      ...this.#dynamic.map(({ name }) => name),
    ])
    const found = await Promise.all(
      [...names].sort().map(async name => ({
        pack: await this.get(tenant, name),
        origin: this.#isDynamic(name)
          ? ('dynamic' as const)
          : newest.has(name)
            ? ('installed' as const)
            : ('builtin' as const),
      })),
    )
    return found.filter((one): one is FoundPack => one.pack !== undefined)
  }

  async get(tenant: string, name: string, version?: number): Promise<InstalledPack | undefined> {
    const dynamic = this.#dynamic.find(pack => pack.name === name)
    if (dynamic) return dynamic.get(tenant, version)
    const installed = version ?? (await this.#newestOf(tenant)).get(name)
    const pack = installed === undefined ? undefined : await this.#load(keyOf(tenant, name, installed))
    const builtin = this.#builtin.get(name)
    return pack ?? (version === undefined || builtin?.version === version ? builtin : undefined)
  }

  install(tenant: string, pack: Pack): Promise<{ name: string; version: number; created: boolean }> {
    const turn = this.#turn.then(() => this.#install(tenant, pack))
    this.#turn = turn.catch(() => undefined) // told to the one who installs; the next one has its own turn
    return turn
  }

  async #install(tenant: string, pack: Pack): Promise<{ name: string; version: number; created: boolean }> {
    const name = pack.pack
    if (this.#isDynamic(name))
      throw bad('pack', 'name_taken', `${name} is made up by the service itself; choose another name`)
    for (;;) {
      this.#newest.delete(tenant)
      const newest = await this.#newestOf(tenant)
      const last = await this.get(tenant, name)
      if (last && canonicalPack(last) === canonicalPack(pack))
        return { name, version: last.version, created: false }
      const lastVersion = last?.version ?? 0
      const version = pack.version ?? lastVersion + 1
      if (version <= lastVersion)
        throw bad(
          'version',
          'version_not_new',
          `${version} says something else already; the last version is ${lastVersion}`,
        )
      if (version > packVersionsMax)
        throw bad('version', 'too_big', `a version is at most ${packVersionsMax}`)
      if (!newest.has(name) && newest.size >= tenantPacksMax)
        throw bad(
          'pack',
          'too_many',
          `there are ${newest.size} packs already, which is as many as there may be`,
        )
      const key = keyOf(tenant, name, version)
      // Taken meanwhile, it was by another process; what it installed counts.
      if ((await this.#store.put(key, sealJson({ ...pack, version }))) === 'exists') continue
      this.#packs.delete(key)
      newest.set(name, version)
      return { name, version, created: true }
    }
  }

  #isDynamic(name: string): boolean {
    return this.#dynamic.some(dynamic => dynamic.name === name)
  }

  #newestOf(tenant: string): Promise<Map<string, number>> {
    return kept(this.#newest, tenant, () => this.#readNewest(tenant))
  }

  async #readNewest(tenant: string): Promise<Map<string, number>> {
    const newest = new Map<string, number>()
    for await (const { key } of this.#store.list(`${packsPrefix}${tenant}/`)) {
      const [, , name = '', file = ''] = key.split('/')
      const version = Number.parseInt(file, 10)
      if (version > (newest.get(name) ?? 0)) newest.set(name, version)
    }
    return newest
  }

  async #load(key: string): Promise<InstalledPack | undefined> {
    const pack = await kept(this.#packs, key, () => this.#read(key))
    // It may be installed yet.
    if (!pack) this.#packs.delete(key)
    return pack
  }

  async #read(key: string): Promise<InstalledPack | undefined> {
    const bytes = await this.#store.get(key)
    if (!bytes) return undefined
    const read = packSchema.safeParse(openJson(key, bytes))
    if (!read.success || read.data.version === undefined) throw new CorruptCatalog(`${key}: is no pack`)
    return { ...read.data, version: read.data.version }
  }
}

function keyOf(tenant: string, name: string, version: number): string {
  return `${packsPrefix}${tenant}/${name}/${String(version).padStart(6, '0')}.json`
}

function bad(path: keyof Pack, code: string, message: string): Refused {
  const errors: ItemError[] = [{ path, code, message }]
  return new Refused('bad_pack', `${path}: ${message}`, { errors })
}

/** What was asked for once is kept, unless it failed. */
function kept<Value>(
  all: Map<string, Promise<Value>>,
  key: string,
  read: () => Promise<Value>,
): Promise<Value> {
  let value = all.get(key)
  if (!value) {
    value = read()
    all.set(key, value)
    value.catch(() => all.delete(key))
  }
  return value
}
