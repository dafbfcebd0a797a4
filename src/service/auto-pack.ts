// `auto` as one of the packs: that of the default stream, in the list of all.

import type { DynamicPack } from '../contract/packs-service.ts'
import type { Knowledge } from './knowledge.ts'
import { autoName } from './pack-choice.ts'

const stream = 'events'

/** @param knowledge  what tells of it, once there is one */
export function autoPack(knowledge: () => Knowledge | undefined): DynamicPack {
  return {
    name: autoName,
    async get(tenant, version) {
      const pack = (await knowledge()?.autoPack({ tenant, stream }))?.pack
      return version === undefined || pack?.version === version ? pack : undefined
    },
  }
}
