import { describe, expect, it } from 'vitest'
import { entityTypeSchema } from '../../../src/contract/pack.ts'
import { readName, slugOf } from '../../../src/pack/auto/field-name.ts'

describe('readName', () => {
  it.each([
    ['user', 'identity'],
    ['userId', 'identity'],
    ['USER-ID', 'identity'],
    ['userid', 'identity'],
    ['user_name', 'identity'],
    ['customerEmail', 'identity'],
    ['order_no', 'identity'],
    ['kundennummer', 'identity'],
    ['gerät', 'identity'],
    ['utilisateur', 'identity'],
    ['usuario_id', 'identity'],
    ['用户编号', 'identity'],
    ['repo.name', 'identity'],
    ['actor.login', 'identity'],
    ['country_code', 'category'],
    ['orderStatus', 'category'],
    ['event', 'category'],
    ['状态', 'category'],
    ['total_price', 'measure'],
    ['num_users', 'measure'],
    ['session_duration', 'measure'],
    ['created_at', 'time'],
    ['orderDate', 'time'],
    ['is_active', 'flag'],
    ['comment', 'text'],
    ['beschreibung', 'text'],
    ['request_id', 'unique'],
    ['f1', undefined],
    ['x_9', undefined],
  ])('reads %s as %s', (path, role) => {
    expect(readName(path).role).toBe(role)
  })

  it('sees which fields speak of one thing', () => {
    const holdersOf = (...paths: string[]) => [...new Set(paths.map(path => readName(path).holder))]
    expect(holdersOf('actor.id', 'actor.login', 'actor.avatar_url')).toEqual(['actor'])
    expect(holdersOf('user', 'user_id', 'userName', 'userEmail')).toEqual(['user'])
    expect(holdersOf('payload.issue.user.login', 'payload.issue.user.id')).toEqual(['payload.issue.user'])
    expect(holdersOf('commits[].author.email', 'commits[].author.name')).toEqual(['commits.author'])
    expect(holdersOf('user_id', 'order_id')).toHaveLength(2)
  })

  it('calls things in the singular, the shortest way first', () => {
    expect(readName('payload.issue.user.login').nouns).toEqual(['user', 'issue_user'])
    expect(readName('sending_user_id').nouns).toEqual(['user', 'sending_user'])
    expect(readName('companies.id').nouns).toEqual(['company'])
    expect(readName('tags[]').nouns).toEqual(['tag'])
    expect(readName('kunde').nouns).toEqual(['kunde'])
    expect(readName('用户').nouns).toEqual(['user'])
  })

  it('takes any name there may be', () => {
    for (const path of ['.', '..', '_', '-', 'ид', '\u0000', '🙂', 'a..b', ' ', 'İ'.repeat(80), '[]']) {
      for (const noun of readName(path).nouns)
        expect(entityTypeSchema.safeParse(noun).success, path).toBe(true)
    }
  })
})

describe('slugOf', () => {
  it('makes what an entity may be called', () => {
    expect(slugOf('VIP Group')).toBe('vip_group')
    expect(slugOf('PushEvent')).toBe('push_event')
    expect(slugOf('Müller & Söhne')).toBe('muller_sohne')
    expect(slugOf('12 monkeys')).toBe('monkeys')
    expect(slugOf('用户')).toBe('')
    expect(slugOf('a'.repeat(200))).toHaveLength(63)
  })
})
