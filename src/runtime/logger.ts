// Structured logs: one JSON object a line, from a level on.

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const
type Level = (typeof levels)[number]

export type Entry = { level: Exclude<Level, 'silent'>; msg: string } & object

export function logger(
  least: Level,
  write: (entry: object) => void,
): <Fields extends Entry>(entry: Fields) => void {
  return entry => {
    if (levels.indexOf(entry.level) >= levels.indexOf(least))
      write({ time: new Date().toISOString(), ...entry })
  }
}
