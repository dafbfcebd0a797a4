// What people and machines say on a gaming site. None of it needs escaping in JSON.

/** @param lines  a text each; blank ones are left out */
function texts(lines: string): readonly string[] {
  return lines
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
}

export interface ErrorKind {
  code: string
  stage: string
  message: string
}

export const errorKinds: readonly ErrorKind[] = [
  { code: 'CONNECTION_LOST', stage: 'launch', message: 'connection lost while opening the game' },
  { code: 'GATEWAY_TIMEOUT', stage: 'launch', message: 'the game provider did not answer in time' },
  { code: 'SESSION_EXPIRED', stage: 'auth', message: 'session expired, please sign in again' },
  { code: 'INSUFFICIENT_FUNDS', stage: 'wallet', message: 'balance too low for this stake' },
  { code: 'BET_REJECTED', stage: 'bet', message: 'the bet was rejected because the round had closed' },
  { code: 'WALLET_LOCKED', stage: 'wallet', message: 'the wallet is locked by another transaction' },
  { code: 'GEO_BLOCKED', stage: 'launch', message: 'this game is not available in your country' },
  { code: 'STREAM_STALLED', stage: 'play', message: 'the video stream of the live table has stalled' },
  { code: 'ASSET_MISSING', stage: 'launch', message: 'a game asset could not be loaded' },
  { code: 'PAYMENT_DECLINED', stage: 'payment', message: 'the card payment was declined by the bank' },
  { code: 'RATE_LIMITED', stage: 'api', message: 'too many requests, slow down' },
  { code: 'ODDS_CHANGED', stage: 'bet', message: 'the odds changed before the bet was placed' },
]

export const popups = texts(`
  welcome-bonus
  free-spins-friday
  cashback-weekend
  vip-invitation
  deposit-match
  tournament-live
  responsible-play
  app-update
  new-game-launch
  refer-a-friend
  happy-hour
  birthday-gift
`)

export const queries = texts(`
  slots with free spins
  live roulette low stakes
  how do I withdraw my winnings
  football odds tonight
  blackjack with a real dealer
  new games this week
  bonus without deposit
  verify my account
  jackpot winners
  tennis live betting
  games like the dragon one
  baccarat rules
  deposit with a bank card
  forgot my password
  self exclusion
  horse racing tomorrow
  highest payout slots
  change my currency
  tournament leaderboard
  cashback terms
  poker tables for beginners
  why is my bonus locked
  download the app
  contact support
`)

export const chatLines = texts(`
  good luck everyone
  this table is hot tonight
  who else is stuck on loading
  three sevens in a row 🎉
  dealer is very kind
  lag again, anyone else?
  I only play for fun
  what a final minute!
  is the tournament still open
  nice win, congratulations
  never bet on zero they said
  one more round and then sleep
  boa sorte a todos
  ¡vamos, último giro!
  heute läuft gar nichts
  すごい、また当たった
  see you tomorrow
  the stream keeps freezing
  anyone got free spins today
  gg
`)

export const supportLines = texts(`
  my withdrawal has been pending for three days
  the game froze and my stake is gone
  I was charged twice for one deposit
  please close my account
  I cannot verify my identity document
  the bonus was not credited after my deposit
  the app logs me out every few minutes
  the live table shows a black screen
  my friend used my referral link but nothing came
  how can I set a deposit limit
  the bet was settled with the wrong result
  I lost the connection in the middle of a round
`)

/** A sentence is one of each list, in order. */
export const sentenceParts: readonly (readonly string[])[] = [
  texts(`
    last night
    since the update
    on my phone
    during the free spins
    at the roulette table
    after the deposit
    in the second half
    every single time
    on the slow network
    with my old tablet
    before the tournament
    while I was chatting
  `),
  texts(`
    the wheel stopped turning
    my balance showed nothing
    the dealer waved at me
    the bonus round began twice
    the page turned white
    I hit the small jackpot
    the odds jumped up
    the sound went silent
    the reels would not stop
    the bet slip vanished
    my friend won more than I did
    the app asked me to sign in
  `),
  texts(`
    and nobody told me why
    and I am still smiling
    so I went to bed
    so please have a look
    but the payout came later
    but support was quick
    and then it worked again
    and I want my stake back
    so I will try another game
    but the timer kept running
    and the chat went wild
    so I took a screenshot
  `),
]

export const cities = texts(`
  Lisbon
  Recife
  Kraków
  Nairobi
  Osaka
  Valencia
  Leipzig
  Toronto
  Manila
  Gdańsk
`)

export interface DeviceModel {
  model: string
  platform: string
  os: string
  userAgent: string
}

export const deviceModels: readonly DeviceModel[] = [
  ...['SM-G991B', 'SM-A546B', 'Pixel 7', 'Redmi Note 12', 'moto g54', 'CPH2527'].map(model => ({
    model,
    platform: 'android',
    os: 'Android 14',
    userAgent: `Mozilla/5.0 (Linux; Android 14; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.122 Mobile Safari/537.36`,
  })),
  ...['iPhone14,5', 'iPhone15,2', 'iPad13,18'].map(model => ({
    model,
    platform: 'ios',
    os: 'iOS 17.5',
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  })),
  ...['Windows PC', 'Mac'].map(model => ({
    model,
    platform: 'web',
    os: model === 'Mac' ? 'macOS 14' : 'Windows 11',
    userAgent: `Mozilla/5.0 (${model === 'Mac' ? 'Macintosh; Intel Mac OS X 10_15_7' : 'Windows NT 10.0; Win64; x64'}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36`,
  })),
]

export interface Place {
  country: string
  language: string
  currency: string
  timezone: string
}

export const places: readonly Place[] = [
  { country: 'BR', language: 'pt-BR', currency: 'BRL', timezone: 'America/Recife' },
  { country: 'DE', language: 'de-DE', currency: 'EUR', timezone: 'Europe/Berlin' },
  { country: 'ES', language: 'es-ES', currency: 'EUR', timezone: 'Europe/Madrid' },
  { country: 'PL', language: 'pl-PL', currency: 'PLN', timezone: 'Europe/Warsaw' },
  { country: 'JP', language: 'ja-JP', currency: 'JPY', timezone: 'Asia/Tokyo' },
  { country: 'KE', language: 'en-KE', currency: 'KES', timezone: 'Africa/Nairobi' },
  { country: 'CA', language: 'en-CA', currency: 'CAD', timezone: 'America/Toronto' },
  { country: 'PH', language: 'en-PH', currency: 'PHP', timezone: 'Asia/Manila' },
]

export const vipGroups = ['R1', 'R2', 'R3', 'R4', 'R5'] as const
