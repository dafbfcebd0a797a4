// Which pack reads a batch, and what it says of the envelope.

import { nearest } from '../base/nearest.ts'
import type { Config } from '../contract/config.ts'
import type { FieldMap } from '../contract/envelope.ts'
import type { PackVersion } from '../contract/frames.ts'
import type { PacksService } from '../contract/packs-service.ts'
import { Refused } from '../contract/refused.ts'

/** The pack that is made up as events come. */
export const autoName = 'auto'

export interface PackChoice {
  /** undefined for `auto` */
  pack: PackVersion | undefined
  /** what the request told goes before what the pack says */
  fields: FieldMap
}

export interface Asked {
  tenant: string
  stream: string
  pack?: string | undefined
  fields: FieldMap
}

/** @throws Refused for a pack that there is not */
export async function choosePack(asked: Asked, config: Config, packs: PacksService): Promise<PackChoice> {
  const { tenant, stream, fields } = asked
  const name = asked.pack ?? config.streams[stream]?.pack ?? autoName
  if (name === autoName) return { pack: undefined, fields }
  const found = await packs.get(tenant, name)
  if (!found) throw await unknownPack(name, tenant, packs)
  const { version, envelope = {} } = found
  const said: FieldMap = {
    ...(envelope.event_id && { eventId: envelope.event_id }),
    ...(envelope.event_time && { eventTime: envelope.event_time }),
    ...(envelope.type && { type: envelope.type }),
    ...(envelope.entity_id && { entityId: envelope.entity_id }),
    ...(envelope.source && { source: envelope.source }),
    ...(envelope.schema_version && { schemaVersion: envelope.schema_version }),
  }
  return { pack: { name, version }, fields: { ...said, ...fields } }
}

async function unknownPack(name: string, tenant: string, packs: PacksService): Promise<Refused> {
  const names = [autoName, ...(await packs.list(tenant)).map(({ pack }) => pack.pack)]
  const meant = nearest(name, names)
  const hint = meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`
  return new Refused('bad_request', `there is no pack ${name}: ${hint}`, {
    errors: [{ path: 'pack', code: 'unknown_pack', message: hint }],
  })
}
