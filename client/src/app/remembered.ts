/** A selector that computes anew only when what it computes from is another value. */
export function remembered<S, I, R>(from: (state: S) => I, compute: (input: I) => R): (state: S) => R {
  let last: { readonly input: I; readonly result: R } | undefined;
  return (state) => {
    const input = from(state);
    if (last?.input !== input) last = { input, result: compute(input) };
    return last.result;
  };
}
