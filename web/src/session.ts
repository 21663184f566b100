/**
 * What is derived from a report and a state: the tree, its values, its layout, the search. Each part is kept until
 * what it depends on changes, so zooming does not lay out again and typing does not add up again.
 */

import {
  changesOf,
  COLOR_BYS,
  comparedCosts,
  computeSides,
  notDrawn,
  WIDTHS,
  type ComparedCosts,
  type Comparison,
  type Sides,
  type WidthBy,
} from "./comparison";
import { layOut, type ChildOrder, type Layout } from "./layout";
import type { ProfileData, Report, SampleType } from "./payload";
import {
  buildTree,
  computeValues,
  costsByFunction,
  weightByCategory,
  type FunctionCosts,
  type Tree,
  type Values,
} from "./profile";
import { compileQuery, matchFunctions, matchPrefix, measureCoverage, type Coverage, type Query } from "./search";
import { followSteps, type ViewState } from "./state";

/** What the views draw. */
export interface Derived {
  report: Report;
  profileIndex: number;
  profile: ProfileData;
  sampleTypeIndex: number;
  sampleType: SampleType;
  tree: Tree;
  values: Values;
  /** Set for a difference of two profiles; the values are changes then. */
  comparison: Comparison | undefined;
  layout: Layout;
  /** The zoomed node. */
  root: number;
  /** False when the stack of the link is not in the profile. */
  zoomComplete: boolean;
  search: Search | undefined;
  /** Set when the query is not a valid pattern. */
  queryError: Error | undefined;
}

/** A search and what it covers of the zoomed view. */
export interface Search {
  matches: Uint8Array;
  prefix: Uint32Array;
  coverage: Coverage;
}

/** Keeps the last result for the last key: `===` on every part. */
class Kept<T> {
  #key: readonly unknown[] | undefined;
  #value: T | undefined;

  get(key: readonly unknown[], make: () => T): T {
    const same = this.#key !== undefined && this.#key.length === key.length && this.#key.every((part, index) => part === key[index]);
    if (!same) {
      this.#value = make();
      this.#key = key;
    }
    return this.#value as T;
  }
}

/** A report with everything worked out from it so far. */
export class Session {
  readonly report: Report;
  readonly #trees = new Map<number, Tree>();
  readonly #values = new Map<string, Values>();
  readonly #layout = new Kept<Layout>();
  readonly #zoom = new Kept<{ node: number; complete: boolean }>();
  readonly #matches = new Kept<Uint8Array | Error>();
  readonly #prefix = new Kept<Uint32Array>();
  readonly #coverage = new Kept<Coverage>();
  readonly #costs = new Kept<FunctionCosts | ComparedCosts>();
  readonly #sides = new Map<number, Sides>();
  readonly #comparison = new Kept<Comparison>();
  #lowered: string[] | undefined;
  readonly #shares = new Kept<Float64Array>();

  constructor(report: Report) {
    this.report = report;
  }

  /** Works out what a state shows; `undefined` when the report has no profile at all. */
  derive(state: ViewState): Derived | undefined {
    const { report } = this;
    const profileIndex = this.profileIndex(state.profile);
    const profile = report.profiles[profileIndex];
    if (profile === undefined) return undefined;
    const tree = this.tree(profileIndex);
    const comparison = this.#comparisonOf(profileIndex, profile, state);
    const sampleTypeIndex = comparison === undefined ? sampleTypeIndexOf(profile, state.sampleType) : profile.defaultSampleType;
    const values =
      comparison === undefined
        ? this.values(profileIndex, sampleTypeIndex)
        : this.#changes(profileIndex, comparison.sides, comparison.width);
    const { unit, name } = profile.sampleTypes[sampleTypeIndex]!;
    const layout = this.#layoutOf(tree, values, state.order);
    const zoom = this.#zoom.get([tree, state.zoom], () => followSteps(report, tree, state.zoom));
    // A stack without weight in this sample type has no place on screen: go up to the nearest frame that has.
    let root = zoom.node;
    while (root > 0 && values.weight[root] === 0) root = tree.parent[root]!;
    const { search, queryError } = this.#searchFor(tree, values, layout, root, state.query);
    return {
      report,
      profileIndex,
      profile,
      sampleTypeIndex,
      sampleType: { unit, name: comparison?.info.valueName ?? name },
      tree,
      values,
      comparison,
      layout,
      root,
      zoomComplete: zoom.complete,
      search,
      queryError,
    };
  }

  /** The index of the profile of that name, 0 when there is none. */
  profileIndex(name: string): number {
    if (name === "") return 0;
    return Math.max(0, this.report.profiles.findIndex((_, index) => this.profileKey(index) === name));
  }

  /** What a profile is called in links: its name, with a number when an earlier one has the same. */
  profileKey(index: number): string {
    const { profiles } = this.report;
    const { name } = profiles[index]!;
    const earlier = profiles.slice(0, index).filter((profile) => profile.name === name).length;
    return earlier === 0 ? name : `${name}~${earlier + 1}`;
  }

  /** The costs of the zoomed view by function. */
  costs(derived: Derived): FunctionCosts | ComparedCosts {
    const { tree, values, comparison, root, profileIndex } = derived;
    const { count } = this.report.functions;
    return this.#costs.get([tree, values, root], () => {
      if (comparison === undefined) return costsByFunction(tree, values, count, root);
      // What widths leave out is in the table all the same.
      const { weight } = this.#changes(profileIndex, comparison.sides, "max");
      return comparedCosts(tree, comparison.sides, weight, count, root);
    });
  }

  /** The self weight of the zoomed view by category. */
  shares(derived: Derived): Float64Array {
    const { tree, values, root } = derived;
    const { functions, categories } = this.report;
    return this.#shares.get([tree, values, root], () => weightByCategory(tree, values, functions, categories.length, root));
  }

  /** Name of a function. */
  functionName(id: number): string {
    return this.report.strings.get(this.report.functions.name[id]!);
  }

  /** The tree of a profile. */
  tree(profileIndex: number): Tree {
    let tree = this.#trees.get(profileIndex);
    if (tree === undefined) {
      tree = buildTree(this.report.profiles[profileIndex]!.nodes);
      this.#trees.set(profileIndex, tree);
    }
    return tree;
  }

  /** The values of one sample type of a profile. */
  values(profileIndex: number, sampleTypeIndex: number): Values {
    const key = `${profileIndex}/${sampleTypeIndex}`;
    let values = this.#values.get(key);
    if (values === undefined) {
      values = computeValues(this.tree(profileIndex), this.report.profiles[profileIndex]!.nodes.self[sampleTypeIndex]!);
      this.#values.set(key, values);
    }
    return values;
  }

  #comparisonOf(profileIndex: number, profile: ProfileData, state: ViewState): Comparison | undefined {
    const info = profile.comparison;
    if (info === undefined) return undefined;
    const width = state.width || (WIDTHS.find((known) => known === info.by) ?? "max");
    const colorBy = state.colorBy || (COLOR_BYS.find((known) => known === info.colorBy) ?? "total");
    let sides = this.#sides.get(profileIndex);
    if (sides === undefined) {
      sides = computeSides(this.tree(profileIndex), profile.nodes.self[0]!, profile.nodes.self[1]!);
      this.#sides.set(profileIndex, sides);
    }
    const both = sides;
    return this.#comparison.get([both, width, colorBy], () => ({ info, sides: both, width, colorBy, notDrawn: notDrawn(both, width) }));
  }

  #changes(profileIndex: number, sides: Sides, width: WidthBy): Values {
    const key = `${profileIndex}/${width}`;
    let values = this.#values.get(key);
    if (values === undefined) {
      values = changesOf(this.tree(profileIndex), sides, width);
      this.#values.set(key, values);
    }
    return values;
  }

  #loweredName(): (id: number) => string {
    this.#lowered ??= Array.from({ length: this.report.functions.count }, (_, id) => this.functionName(id).toLowerCase());
    const lowered = this.#lowered;
    return (id) => lowered[id]!;
  }

  #layoutOf(tree: Tree, values: Values, order: ChildOrder): Layout {
    return this.#layout.get([tree, values, order], () => layOut(tree, values, order));
  }

  #searchFor(tree: Tree, values: Values, layout: Layout, root: number, query: Query): { search: Search | undefined; queryError: Error | undefined } {
    if (query.text === "") return { search: undefined, queryError: undefined };
    const matches = this.#matches.get([query.text, query.regex, query.matchCase, query.whole], () => {
      const test = compileQuery(query);
      if (test instanceof Error) return test;
      const nameOf = test.lowered ? this.#loweredName() : (id: number): string => this.functionName(id);
      return matchFunctions(this.report.functions.count, nameOf, test);
    });
    if (matches instanceof Error) return { search: undefined, queryError: matches };
    const prefix = this.#prefix.get([tree, layout, matches], () => matchPrefix(tree, layout, matches));
    const coverage = this.#coverage.get([tree, values, matches, root], () => measureCoverage(tree, values, matches, root));
    return { search: { matches, prefix, coverage }, queryError: undefined };
  }
}

function sampleTypeIndexOf(profile: ProfileData, name: string): number {
  const index = name === "" ? -1 : profile.sampleTypes.findIndex((sampleType) => sampleType.name === name);
  return index < 0 ? profile.defaultSampleType : index;
}
