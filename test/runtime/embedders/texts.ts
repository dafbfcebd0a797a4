// What every runtime is asked to embed.

export const texts = [
  'layers of gold and sand',
  'The payment was declined by the bank.',
  '',
  'Größe 日本語 👍🏽 \0\u202e',
  'gold '.repeat(300),
]
