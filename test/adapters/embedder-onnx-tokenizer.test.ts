import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BadTokenizer, readTokenizer } from '../../src/adapters/embedder-onnx-tokenizer.ts'

const folder = 'test/golden/onnx'
const json = readFileSync(`${folder}/tokenizer.json`, 'utf8')
const cases = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')) as { text: string; ids: number[] }[]
const tokensMax = 64

/** The file with some of its parts changed. */
function changed(changes: object): string {
  return JSON.stringify({ ...JSON.parse(json), ...changes })
}

describe('the tokenizer of a transformer', () => {
  it.each<[string, string, string]>([
    ['no JSON', '{', 'it is no JSON'],
    ['another model', changed({ model: { type: 'Unigram', vocab: [] } }), 'model.type is "Unigram"'],
    [
      'another normalizer',
      changed({ normalizer: { type: 'Precompiled' } }),
      'normalizer.type is "Precompiled"',
    ],
    ['none', changed({ normalizer: null }), 'normalizer is null'],
    [
      'another pre-tokenizer',
      changed({ pre_tokenizer: { type: 'ByteLevel' } }),
      'pre_tokenizer.type is "ByteLevel"',
    ],
    ['another post-processor', changed({ post_processor: { type: 'ByteLevel' } }), 'post_processor'],
    [
      'an added word',
      changed({ added_tokens: [{ content: 'gold', special: false }] }),
      'added_tokens.0.special is false',
    ],
    [
      'no unknown token',
      changed({ model: { type: 'WordPiece', unk_token: '?', vocab: {} } }),
      'unknown token ?',
    ],
    [
      'an id that is none',
      changed({ model: { type: 'WordPiece', unk_token: '?', vocab: { '?': -1 } } }),
      'vocab.? is -1',
    ],
  ])('refuses %s by its name', (_, file, message) => {
    expect(() => readTokenizer(file)).toThrow(BadTokenizer)
    expect(() => readTokenizer(file)).toThrow(message)
  })

  it('cuts texts as Hugging Face’s library does, hostile ones too', () => {
    const tokenizer = readTokenizer(json)
    for (const { text, ids } of cases)
      expect([...tokenizer.encode(text, tokensMax).ids], JSON.stringify(text)).toEqual(ids)
  })

  it('reads no more tokens than it is asked to, special ones counted in', () => {
    const tokenizer = readTokenizer(json)
    const { ids } = tokenizer.encode('gold sand clay', 4)
    expect(ids.length).toBe(4)
    expect([...ids.subarray(0, 3)]).toEqual([...tokenizer.encode('gold sand clay', 64).ids.subarray(0, 3)])
    expect(ids[3]).toBe(tokenizer.encode('', 64).ids[1])
  })

  it('says whether a text has a known word', () => {
    const tokenizer = readTokenizer(json)
    const known = (text: string) => tokenizer.encode(text, tokensMax).isKnown
    expect([known('gold'), known(''), known('한국'), known('한국 gold')]).toEqual([true, false, false, true])
    expect(tokenizer.encode('한국', tokensMax).textTokenCount).toBeGreaterThan(0)
  })

  it('knows the special tokens of older files too', () => {
    const older = { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3], pad: 0 }
    const { ids } = readTokenizer(changed({ post_processor: older })).encode('gold', tokensMax)
    expect([...ids]).toEqual([...readTokenizer(json).encode('gold', tokensMax).ids])
  })

  it('keeps case and accents where the file says so', () => {
    const cased = {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: false,
    }
    const tokenizer = readTokenizer(changed({ normalizer: cased }))
    expect(tokenizer.encode('gold', tokensMax).isKnown).toBe(true)
    expect(tokenizer.encode('Gold', tokensMax).isKnown).toBe(false)
    expect(tokenizer.encode('gøld', tokensMax).isKnown).toBe(true)
    expect(tokenizer.encode('göld', tokensMax).isKnown).toBe(false)
  })
})
