// The packs that come with the service. They are written in packs/*.yaml; scripts/packs.mjs puts them beside this file as
// JSON, which every bundle can hold, the Worker's too, and a test holds the two together.

import type { InstalledPack } from '../contract/pack.ts'
import packs from './builtin.json' with { type: 'json' }

/** By name. */
export const builtinPacks: ReadonlyMap<string, InstalledPack> = new Map(
  (packs as unknown as InstalledPack[]).map(pack => [pack.pack, pack]),
)
