// What a member can do, and who does what: the mix of events of each behaviour. `regular` is noise between the others,
// and all there is where no behaviours are planted.

import type { Category } from './games.ts'

export const eventKinds = [
  ...['login', 'logout', 'popup', 'deposit', 'withdrawal', 'open'],
  ...['bet', 'win', 'search', 'chat', 'support', 'api_error'],
] as const
export type EventKind = (typeof eventKinds)[number]

export interface Behaviour {
  name: 'regular' | 'casino-night' | 'slots-grinder' | 'lurker' | 'weekend-bettor'
  about: string
  /** of all members, where behaviours are planted */
  share: number
  /** a session's events behind its login are drawn from these, each as often as it stands here */
  mix: readonly EventKind[]
  eventsMin: number
  eventsMax: number
  prefers?: Category
  /** how likely a chance to play is taken */
  appetite(when: { ofDay: number; isWeekend: boolean }): number
}

const always = () => 1
const rarely = 0.06

export const regular: Behaviour = {
  name: 'regular',
  about: 'a little of everything, at any time',
  share: 0.4,
  mix: mixOf({
    popup: 8,
    deposit: 4,
    withdrawal: 1,
    open: 22,
    bet: 32,
    win: 11,
    search: 8,
    chat: 8,
    support: 2,
    api_error: 4,
  }),
  eventsMin: 4,
  eventsMax: 20,
  appetite: always,
}

export const behaviours: readonly Behaviour[] = [
  regular,
  {
    name: 'casino-night',
    about: 'live tables between 20 and 4 h, with chat and large stakes',
    share: 0.12,
    mix: mixOf({
      popup: 3,
      deposit: 8,
      withdrawal: 2,
      open: 18,
      bet: 38,
      win: 12,
      chat: 14,
      support: 1,
      api_error: 4,
    }),
    eventsMin: 8,
    eventsMax: 28,
    prefers: 'live-casino',
    appetite: ({ ofDay }) => (ofDay >= 20 || ofDay < 4 ? 1 : rarely),
  },
  {
    name: 'slots-grinder',
    about: 'long sessions of small bets on slots',
    share: 0.15,
    mix: mixOf({ popup: 4, deposit: 3, open: 8, bet: 64, win: 16, search: 1, chat: 1, api_error: 3 }),
    eventsMin: 16,
    eventsMax: 40,
    prefers: 'slots',
    appetite: always,
  },
  {
    name: 'lurker',
    about: 'looks, searches and talks, and never pays or plays',
    share: 0.2,
    mix: mixOf({ popup: 34, search: 38, chat: 22, support: 3, api_error: 3 }),
    eventsMin: 3,
    eventsMax: 10,
    appetite: always,
  },
  {
    name: 'weekend-bettor',
    about: 'sports on Saturdays and Sundays',
    share: 0.13,
    mix: mixOf({
      popup: 4,
      deposit: 8,
      withdrawal: 3,
      open: 20,
      bet: 36,
      win: 10,
      search: 14,
      chat: 1,
      support: 1,
      api_error: 3,
    }),
    eventsMin: 5,
    eventsMax: 18,
    prefers: 'sports',
    appetite: ({ isWeekend }) => (isWeekend ? 1 : rarely),
  },
]

export interface Sequence {
  name: string
  events: readonly EventKind[]
  /** of the sessions of members who play */
  sessionShare: number
}

/** Each begins a session. */
export const sequences: readonly Sequence[] = [
  { name: 'bonus-taken', events: ['login', 'popup', 'deposit', 'open'], sessionShare: 0.25 },
  {
    name: 'gave-up',
    events: ['login', 'search', 'open', 'api_error', 'support', 'logout'],
    sessionShare: 0.08,
  },
]

function mixOf(counts: Partial<Record<EventKind, number>>): EventKind[] {
  return Object.entries(counts).flatMap(([kind, count]) => Array<EventKind>(count).fill(kind as EventKind))
}
