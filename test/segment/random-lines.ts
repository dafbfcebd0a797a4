// Random lines of NDJSON: events whose fields agree often enough to filter by and differ enough to mislead.

export function randomLines(random: () => number, count: number): string[] {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!
  return Array.from({ length: count }, () => {
    if (random() < 0.1) return pick(['nonsense', '{"a":', '[1]', '"text"'])
    const event: Record<string, unknown> = {
      id: Math.floor(random() * 1e9).toString(36),
      type: pick(['click', 'view', 'ключ', '', '7', 7, 'cl\0ick', '\ufeffview', '🙂', '\uff01']),
      entity_id: pick(['u1', 'u2', 'u10', 12.5, undefined]),
      source: pick(['web', 'app', undefined]),
      schema_version: pick(['1', 2, undefined]),
      value: pick([1, -2.5, '007', '2026-01-01', true, 'x'.repeat(200), [1, 2], { deep: random() }]),
    }
    for (const name of Object.keys(event)) if (random() < 0.2) delete event[name]
    const text = JSON.stringify(event)
    return random() < 0.5 ? text : text.replaceAll('click', '\\u0063lick')
  })
}
