// What an answer says of the packs behind it.

/** Queries over mixed versions say so. @param runs  each with the packs that read its events, `gaming@3` */
export function packNotes(runs: readonly { packs: readonly string[] }[]): string[] {
  const packs = [...new Set(runs.flatMap(({ packs }) => packs))].sort()
  const names = new Set(packs.map(pack => pack.slice(0, pack.lastIndexOf('@'))))
  return packs.length > names.size
    ? [`events were read by several versions of a pack: ${packs.join(', ')}`]
    : []
}
