// What the words of a tape mean; src/engine/tape/scan.ts has the same names.

export const ROW_WORDS: u32 = 6
export const TOKEN_WORDS: u32 = 3

// token kinds
export const NULL: u32 = 0
export const FALSE: u32 = 1
export const TRUE: u32 = 2
export const INTEGER: u32 = 3
export const NUMBER: u32 = 4
export const STRING: u32 = 5
export const ESCAPED: u32 = 6
export const JSON: u32 = 7
