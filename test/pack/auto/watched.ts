// An AutoPack that was shown events as the service would show them: as lines of JSON, scanned, in batches.

import { usualNames } from '../../../src/contract/envelope.ts'
import { AutoPack } from '../../../src/pack/auto/auto-pack.ts'
import { observe } from '../../../src/pipeline/observe.ts'
import type { CheckedBatch } from '../../../src/segment/checked-batch.ts'
import { noToken } from '../../../src/segment/rows.ts'
import { batchOf, tokenOf } from '../../segment/batches.ts'

export function watched(events: readonly object[], batchEvents = 1000, auto = AutoPack.start()): AutoPack {
  for (let from = 0; from < events.length; from += batchEvents)
    show(auto, events.slice(from, from + batchEvents))
  return auto
}

export function show(auto: AutoPack, events: readonly object[]): void {
  auto.observe(observe(checked(events), auto))
}

/** A batch whose envelope was found by the usual names, as ingest finds it. */
function checked(events: readonly object[]): CheckedBatch {
  const batch = batchOf({ lines: events.map(event => JSON.stringify(event)) })
  const { accepted, blocks } = batch
  for (let i = 0; i < accepted.count; i++) {
    const find = (names: readonly string[]) =>
      names
        .map(name => tokenOf(blocks[accepted.block[i]!]!, accepted.row[i]!, name))
        .find(token => token !== noToken) ?? noToken
    accepted.idToken[i] = find(usualNames.eventId)
    accepted.typeToken[i] = find(usualNames.type)
    accepted.entityToken[i] = find(usualNames.entityId)
  }
  return batch
}
