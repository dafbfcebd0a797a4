// Packs as the routes see them: which there are, what each says, and installing one. The tenant in every call comes from
// the key alone.

import type { InstalledPack, Pack } from './pack.ts'

/** Versions that a pack may have had, and packs that a tenant may have. */
export const packVersionsMax = 10_000
export const tenantPacksMax = 1000

/** `builtin`: comes with the service. `installed`: by the tenant. `dynamic`: made up as events come. */
export type PackOrigin = 'builtin' | 'installed' | 'dynamic'

export interface FoundPack {
  pack: InstalledPack
  origin: PackOrigin
}

export interface PacksService {
  /** The newest version of each, by name. */
  list(tenant: string): Promise<FoundPack[]>
  /** @returns the newest version where none is named, undefined when there is no such pack or version */
  get(tenant: string, name: string, version?: number): Promise<InstalledPack | undefined>
  /**
   * Installs a pack under its version, or under the one behind the last where it names none. The same content again is
   * no new version.
   * @throws Refused bad_pack when its version is not above the last, or its name is taken by a dynamic pack
   */
  install(tenant: string, pack: Pack): Promise<{ name: string; version: number; created: boolean }>
}

/** A pack that is made up as events come: its document is what has been found out so far. */
export interface DynamicPack {
  name: string
  /** @returns undefined when that version was never made up */
  get(tenant: string, version?: number): Promise<InstalledPack | undefined>
}
