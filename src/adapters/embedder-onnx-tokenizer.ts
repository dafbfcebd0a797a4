// A tokenizer.json, as Hugging Face's tokenizers writes it, read for the models that BERT begat: BERT's normalizer and
// pre-tokenizer, WordPiece, and special tokens around a text. A file of another kind is refused by the name of what it
// wants, since a text cut otherwise than in training gives vectors that look sound and mean nothing.
//
// Special tokens that stand in a text are text like any other: what an event says can't end its own sentence.

import { z } from 'zod'
import { type BertNormalizer, bertWords, normalizeBert } from './embedder-onnx-bert.ts'
import { WordPieces } from './embedder-onnx-wordpiece.ts'

export interface Tokens {
  /** with the special tokens around them */
  ids: Int32Array
  /** how many of them are the text's own */
  textTokenCount: number
  /** whether any of those is known to the vocabulary */
  isKnown: boolean
}

export interface Tokenizer {
  /** what shorter texts of a batch are filled up with */
  padId: number | undefined
  /** @param tokensMax  special tokens counted in; what is beyond is not read */
  encode(text: string, tokensMax: number): Tokens
}

/** What the file says that can't be read here. */
export class BadTokenizer extends Error {
  override name = 'BadTokenizer'
}

/** @throws BadTokenizer */
export function readTokenizer(json: string): Tokenizer {
  const file = checked(json)
  const { vocab, unk_token, continuing_subword_prefix, max_input_chars_per_word } = file.model
  const unknownId = vocab[unk_token]
  if (unknownId === undefined) throw new BadTokenizer(`model.vocab lacks its unknown token ${unk_token}`)
  const pieces = new WordPieces({
    ids: new Map(Object.entries(vocab)),
    unknownId,
    prefix: continuing_subword_prefix,
    wordCharsMax: max_input_chars_per_word,
  })
  const normalizer = normalizerOf(file.normalizer)
  const { before, after } = around(file.post_processor, vocab)

  return {
    padId: file.padding?.pad_id,
    encode(text, tokensMax) {
      const ids: number[] = []
      const textTokensMax = Math.max(0, tokensMax - before.length - after.length)
      for (const word of bertWords(normalizeBert(text, normalizer))) {
        pieces.cut(word, ids)
        if (ids.length >= textTokensMax) break
      }
      ids.length = Math.min(ids.length, textTokensMax)
      return {
        ids: Int32Array.from([...before, ...ids, ...after]),
        textTokenCount: ids.length,
        isKnown: ids.some(id => id !== unknownId),
      }
    },
  }
}

const idSchema = z
  .int()
  .min(0)
  .max(2 ** 31 - 1)

const templateSchema = z.object({
  type: z.literal('TemplateProcessing'),
  single: z.array(
    z.union([
      z.object({ SpecialToken: z.object({ id: z.string() }) }),
      z.object({ Sequence: z.object({ id: z.literal('A') }) }),
    ]),
  ),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(idSchema) })),
})
const pairSchema = z.object({
  type: z.enum(['BertProcessing', 'RobertaProcessing']),
  cls: z.tuple([z.string(), idSchema]),
  sep: z.tuple([z.string(), idSchema]),
})

const fileSchema = z.object({
  added_tokens: z.array(
    z.object({
      content: z.string(),
      special: z.literal(true, 'an added token that is not special is not read here'),
    }),
  ),
  normalizer: z.object({
    type: z.literal('BertNormalizer'),
    clean_text: z.boolean(),
    handle_chinese_chars: z.boolean(),
    strip_accents: z.boolean().nullable(),
    lowercase: z.boolean(),
  }),
  pre_tokenizer: z.object({ type: z.literal('BertPreTokenizer') }),
  post_processor: z.discriminatedUnion('type', [templateSchema, pairSchema]),
  padding: z.object({ pad_id: idSchema }).nullish(),
  model: z.object({
    type: z.literal('WordPiece'),
    unk_token: z.string(),
    continuing_subword_prefix: z.string().default('##'),
    max_input_chars_per_word: z.int().positive().default(100),
    vocab: z.record(z.string(), idSchema),
  }),
})
type TokenizerFile = z.output<typeof fileSchema>

function checked(json: string): TokenizerFile {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new BadTokenizer('it is no JSON', { cause })
  }
  const result = fileSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const found = issue.path.reduce<unknown>((inner, key) => (inner as never)?.[key as never], value)
  throw new BadTokenizer(
    `${issue.path.join('.')} is ${JSON.stringify(found)?.slice(0, 60)}: ${issue.message}`,
  )
}

function normalizerOf(given: TokenizerFile['normalizer']): BertNormalizer {
  return {
    cleans: given.clean_text,
    partsChinese: given.handle_chinese_chars,
    stripsAccents: given.strip_accents ?? given.lowercase,
    lowers: given.lowercase,
  }
}

/** The special tokens before and after a text. */
function around(
  processor: TokenizerFile['post_processor'],
  vocab: Readonly<Record<string, number>>,
): { before: number[]; after: number[] } {
  if (processor.type !== 'TemplateProcessing')
    return { before: [processor.cls[1]], after: [processor.sep[1]] }
  const at = processor.single.findIndex(item => 'Sequence' in item)
  const idsOf = (items: typeof processor.single) =>
    items.flatMap(item => {
      if ('Sequence' in item) throw new BadTokenizer('post_processor.single names the text more than once')
      const { id } = item.SpecialToken
      return processor.special_tokens[id]?.ids ?? vocab[id] ?? []
    })
  if (at < 0) throw new BadTokenizer('post_processor.single does not name the text')
  return { before: idsOf(processor.single.slice(0, at)), after: idsOf(processor.single.slice(at + 1)) }
}
