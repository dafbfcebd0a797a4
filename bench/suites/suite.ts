// What a suite is handed, and what it hands back. Figures differ from run to run; counts never do.

import type { Chart } from '../report/chart.ts'

export interface Suite {
  name: string
  title: string
  /** what is measured and how, for someone who wants to judge the figures */
  about: string
  run(place: Place): Promise<Outcome>
}

export interface Place {
  isSmall: boolean
  /** repetitions; what is compared takes turns */
  repeat: number
  /** empty, on the disk that is measured; removed afterwards */
  folder: string
  /** where CPU profiles of the service go */
  profileFolder: string | undefined
  /** of a transformer, for the suite that asks for meaning */
  modelFolder: string | undefined
  /** progress, a line each */
  tell(line: string): void
}

export interface Outcome {
  tables: Table[]
  /** what was asked of the service, and whether it holds */
  targets: Target[]
  /** against something else that does a part of the same */
  comparisons: Comparison[]
  charts: Chart[]
  /** the same on every machine and in every run */
  counts: Record<string, number>
  /** every repetition, for whoever wants to compute further */
  repetitions: unknown
}

export interface Table {
  title: string
  columns: string[]
  rows: string[][]
}

export interface Target {
  what: string
  wanted: string
  found: string
  met: boolean
}

export interface Comparison {
  what: string
  unit: string
  ours: number
  theirs: number
  other: string
  better: 'more' | 'less'
}
