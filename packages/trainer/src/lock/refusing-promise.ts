/**
 * A promise that refuses to be awaited by code that its own work waits for. Such code gets an error instead of
 * waiting forever.
 */
class RefusingPromise<T> extends Promise<T> {
  /** Promises derived from it are ordinary promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #refusal: (() => Error | undefined) | undefined;

  refuseWith(refusal: () => Error | undefined): this {
    this.#refusal = refusal;
    return this;
  }

  /** `await` calls it too, because this is not a plain promise. */
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const error = this.#refusal?.();
    if (error) return Promise.reject<T>(error).then(onFulfilled, onRejected);
    return super.then(onFulfilled, onRejected);
  }
}

/**
 * Wraps the promise of some work. Code that must not wait for the work is refused.
 *
 * @param refusal - called at each wait until the work ends; returns the error, or undefined to allow the wait
 */
export function refusingPromise<T>(work: Promise<T>, refusal: () => Error | undefined): Promise<T> {
  let ended = false;
  return new RefusingPromise<T>((resolve, reject) => {
    work.then(
      (value) => ((ended = true), resolve(value)),
      (error: unknown) => ((ended = true), reject(error)),
    );
  }).refuseWith(() => (ended ? undefined : refusal()));
}
