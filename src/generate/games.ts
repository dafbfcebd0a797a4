// The games on offer: names of two words, three categories in turn. How many there are follows from how many distinct
// texts are wanted, since most events name a game.

import { scattered } from './chance.ts'

export interface Game {
  uid: string
  name: string
  category: Category
}

export const categories = ['slots', 'live-casino', 'sports'] as const
export type Category = (typeof categories)[number]

/** What a community plays: two games of each category. */
export const gamesPerCommunity = 6
/** Games that are no community's. */
export const gamesForAll = 24
export const communitiesMax = 64

/** @param count  a multiple of three, no more than there are names */
export function gamesOf(seed: number, count: number): Game[] {
  const shift = scattered(seed, 'games', 0) % namesPerCategory
  return Array.from({ length: count }, (_, number) => {
    const category = categories[number % categories.length]!
    const place = (Math.floor(number / categories.length) * stepThroughNames + shift) % namesPerCategory
    const [first, second] = [Math.floor(place / wordsPerCategory), place % wordsPerCategory]
    return {
      uid: `${prefixes[category]}-${1000 + place}`,
      name: `${firstWords[first]!} ${secondWords[category][second]!}`,
      category,
    }
  })
}

const prefixes = { slots: 'sl', 'live-casino': 'lc', sports: 'sp' } as const

const firstWords = [
  ...['Golden', 'Silver', 'Crimson', 'Moonlit', 'Lucky', 'Royal', 'Wild', 'Frozen', 'Hidden', 'Burning'],
  ...['Emerald', 'Thunder', 'Velvet', 'Copper', 'Midnight', 'Dancing', 'Sunken', 'Electric', 'Ancient'],
  ...['Roaring', 'Sapphire', 'Desert', 'Northern', 'Paper'],
]
const secondWords = {
  slots: ['Dragon', 'Pharaoh', 'Harvest', 'Orchid', 'Lagoon', 'Phoenix'],
  'live-casino': ['Roulette', 'Blackjack', 'Baccarat', 'Wheel', 'Poker', 'Dice'],
  sports: ['Derby', 'Striker', 'Arena', 'Cup', 'Sprint', 'League'],
} as const
const wordsPerCategory = 6
const namesPerCategory = firstWords.length * wordsPerCategory
/** Shares no factor with the number of names, so that no name comes twice. */
const stepThroughNames = 35
