// The log files of a data directory, frame by frame. A torn end is no damage: nobody was told that it is there, and the
// next start cuts it off. A bad frame with a sound one behind it is.

import { join } from 'node:path'
import type { Disk } from '../../adapters/disk.ts'
import { LogReader } from '../../adapters/log-reader.ts'

export interface Finding {
  key: string
  ok: boolean
  reason?: string
}

/** One finding a log file, oldest first. */
export async function* verifyLog(disk: Disk, directory: string): AsyncGenerator<Finding> {
  const names = (await disk.readdir(directory)).map(({ name }) => name).filter(name => name.endsWith('.log'))
  for (const [at, name] of names.sort().entries()) {
    const reader = await LogReader.open(disk, join(directory, name))
    try {
      yield { key: `log/${name}`, ...(await verifyFile(reader, at === names.length - 1)) }
    } finally {
      await reader.close()
    }
  }
}

async function verifyFile(reader: LogReader, isLast: boolean): Promise<Omit<Finding, 'key'>> {
  let lastSeq = 0
  for (let at = 0; ; ) {
    const read = await reader.frameAt(at)
    if (read.kind === 'end') return { ok: true }
    if (read.kind === 'damage') {
      const behind = await reader.findFrame(read.searchFrom, lastSeq)
      const place = `at byte ${read.at} ${read.reason}`
      if (behind !== undefined)
        return { ok: false, reason: `the frame ${place}, and a sound one follows at byte ${behind}` }
      if (!isLast) return { ok: false, reason: `the frame ${place}, and later files follow` }
      return { ok: true, reason: `torn ${place}: never acknowledged, the next start cuts it off` }
    }
    if (lastSeq !== 0 && read.frame.seq !== lastSeq + 1) {
      return { ok: false, reason: `frame ${read.frame.seq} at byte ${at} follows frame ${lastSeq}` }
    }
    lastSeq = read.frame.seq
    at = read.end
  }
}
