// What BERT does with a text before its vocabulary is asked (Devlin et al. 2018), as Hugging Face's tokenizers has it: the
// normalizer cleans and folds it, the pre-tokenizer cuts it into words and single punctuation characters.
//
// What a character is, the runtime's own tables of Unicode say; they differ in characters of recent years at most.

export interface BertNormalizer {
  cleans: boolean
  partsChinese: boolean
  stripsAccents: boolean
  lowers: boolean
}

export function normalizeBert(
  text: string,
  { cleans, partsChinese, stripsAccents, lowers }: BertNormalizer,
): string {
  let folded = text
  if (cleans) folded = folded.replace(noText, '').replace(whiteSpace, ' ')
  if (partsChinese) folded = folded.replace(chinese, ' $& ')
  if (stripsAccents) folded = folded.normalize('NFD').replace(marks, '')
  return lowers ? lowered(folded) : folded
}

/** @returns words and punctuation in their order, none of them empty */
export function bertWords(text: string): string[] {
  return text.match(wordOrPunctuation) ?? []
}

/** Control, format and private characters but for those that part words, and U+FFFD. Unassigned ones stay. */
const noText = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\ufffd]/gu
const whiteSpace = /\p{White_Space}/gu
const marks = /\p{Mn}/gu
/** The blocks that BERT takes for Chinese, one of which begins where its list has it and not where Unicode does. */
const chinese =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu
/** ASCII's symbols count as punctuation too: $ + < = > ^ ` | ~ */
const wordOrPunctuation = /[\p{P}$+<=>^`|~]|[^\p{P}$+<=>^`|~\p{White_Space}]+/gu

/** Character by character: at the end of a word, JavaScript alone would make another letter of Σ. */
function lowered(text: string): string {
  if (!text.includes('Σ')) return text.toLowerCase()
  return text
    .split('Σ')
    .map(part => part.toLowerCase())
    .join('σ')
}
