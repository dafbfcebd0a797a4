// Which payload fields fill the envelope, as a request tells it: the same names in the query of an ingest and in the
// body of a replay.

import type { FieldMap } from '../src/contract/envelope.ts'
import { nameText, present } from './parameters.ts'

export const fieldShape = {
  id_field: path('the event id'),
  time_field: path('the event time'),
  type_field: path('the type'),
  entity_field: path('the entity id'),
  source_field: path('the source'),
  schema_version_field: path('the schema version'),
}

export function fieldMapOf(told: { [Name in keyof typeof fieldShape]?: string | undefined }): FieldMap {
  return present({
    eventId: told.id_field,
    eventTime: told.time_field,
    type: told.type_field,
    entityId: told.entity_field,
    source: told.source_field,
    schemaVersion: told.schema_version_field,
  })
}

function path(what: string) {
  return nameText.optional().openapi({ description: `dotted path of the field that holds ${what}` })
}
