// Numbers for people.

export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** 1,000 bytes to the kB, as disks and networks are sold. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let at = 0
  let value = bytes
  for (; value >= 999.95 && at < units.length - 1; at++) value /= 1000
  return at === 0 ? `${value} B` : `${value.toFixed(1)} ${units[at]}`
}

export function secondsText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `2026-03-01 14:05:09`, UTC. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
