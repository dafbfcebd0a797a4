// A filter as a test of one event, over the values of the fields that it names.

import type { Condition, Filter } from '../../contract/filter.ts'
import { type Comparable, comparable, compare, type FieldValue, isSame } from './value.ts'

export interface Predicate {
  /** dotted paths, each once: what the test is given the values of */
  paths: string[]
  /** @param values  by number of path */
  test(values: readonly FieldValue[]): boolean
}

type Test = (values: readonly FieldValue[]) => boolean

export function compileFilter({ must = [], should = [], must_not = [] }: Filter): Predicate {
  const paths: string[] = []
  const placeOf = (path: string) => {
    const place = paths.indexOf(path)
    return place < 0 ? paths.push(path) - 1 : place
  }
  const [all, any, none] = [must, should, must_not].map(conditions =>
    conditions.map(condition => compileCondition(condition, placeOf)),
  ) as [Test[], Test[], Test[]]
  return {
    paths,
    test: values =>
      all.every(test => test(values)) &&
      !none.some(test => test(values)) &&
      (any.length === 0 || any.some(test => test(values))),
  }
}

function compileCondition(condition: Condition, placeOf: (path: string) => number): Test {
  const { key, match, in: among, range, exists, prefix, geo_box, geo_radius } = condition
  if (geo_box) return onPoint(key, placeOf, point => isInBox(point, geo_box))
  if (geo_radius)
    return onPoint(key, placeOf, point => distanceMeters(point, geo_radius.center) <= geo_radius.radius_m)
  const place = placeOf(key)
  if (exists !== undefined) return values => isThere(values[place]) === exists
  if (prefix !== undefined) return onValues(place, value => value.text.startsWith(prefix))
  if (range) return onValues(place, inRange(range))
  const wanted = (among ?? [match!]).map(comparable)
  return onValues(place, value => wanted.some(other => isSame(value, other)))
}

/** Of an array each element counts. */
function onValues(place: number, test: (value: Comparable) => boolean): Test {
  return values => {
    const value = values[place]
    if (!isThere(value)) return false
    if (typeof value === 'string' && value.startsWith('[')) {
      const elements = elementsOf(value)
      if (elements) return elements.some(element => test(comparable(element)))
    }
    return test(comparable(value))
  }
}

function isThere(value: FieldValue): value is NonNullable<FieldValue> {
  return value !== undefined && value !== null && value !== ''
}

/** @returns the scalars of an array of JSON; undefined where the text is none */
function elementsOf(text: string): (string | number | boolean)[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!Array.isArray(parsed)) return undefined
    return parsed.filter(element => ['string', 'number', 'boolean'].includes(typeof element))
  } catch {
    return undefined // a text that begins with a bracket is a text
  }
}

function inRange(range: NonNullable<Condition['range']>): (value: Comparable) => boolean {
  const tests: ((value: Comparable) => boolean)[] = []
  const holds = {
    gt: (o: number) => o > 0,
    gte: (o: number) => o >= 0,
    lt: (o: number) => o < 0,
    lte: (o: number) => o <= 0,
  }
  for (const side of ['gt', 'gte', 'lt', 'lte'] as const) {
    const bound = range[side]
    if (bound === undefined) continue
    const limit = comparable(bound)
    tests.push(value => holds[side](compare(value, limit)))
  }
  return value => tests.every(test => test(value))
}

interface Point {
  lat: number
  lon: number
}

const latNames = ['lat', 'latitude']
const lonNames = ['lon', 'lng', 'longitude']

function onPoint(key: string, placeOf: (path: string) => number, test: (point: Point) => boolean): Test {
  const lats = latNames.map(name => placeOf(`${key}.${name}`))
  const lons = lonNames.map(name => placeOf(`${key}.${name}`))
  return values => {
    const lat = firstNumber(lats, values)
    const lon = firstNumber(lons, values)
    return lat !== undefined && lon !== undefined && test({ lat, lon })
  }
}

function firstNumber(places: readonly number[], values: readonly FieldValue[]): number | undefined {
  for (const place of places) {
    const value = values[place]
    if (!isThere(value)) continue
    const found = comparable(value)
    if (found.kind === 'number') return found.number
  }
  return undefined
}

/** A box whose left side lies east of its right one goes over the antimeridian. */
function isInBox({ lat, lon }: Point, box: NonNullable<Condition['geo_box']>): boolean {
  const { top_left, bottom_right } = box
  if (lat > top_left.lat || lat < bottom_right.lat) return false
  return top_left.lon <= bottom_right.lon
    ? lon >= top_left.lon && lon <= bottom_right.lon
    : lon >= top_left.lon || lon <= bottom_right.lon
}

const earthRadiusMeters = 6_371_008.8

/** Along a great circle of the mean sphere (haversine, Sinnott 1984). */
function distanceMeters(from: Point, to: Point): number {
  const radians = Math.PI / 180
  const halfLat = Math.sin(((to.lat - from.lat) * radians) / 2)
  const halfLon = Math.sin(((to.lon - from.lon) * radians) / 2)
  const chord = halfLat ** 2 + Math.cos(from.lat * radians) * Math.cos(to.lat * radians) * halfLon ** 2
  return 2 * earthRadiusMeters * Math.asin(Math.min(1, Math.sqrt(chord)))
}
