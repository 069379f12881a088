/**
 * A promise of the trainer's that code may wait for, except for code that the work itself waits for: that code gets the
 * refusal instead of waiting for ever.
 */
class RefusingPromise<T> extends Promise<T> {
  /** What is derived of it is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #refusal: (() => Error | undefined) | undefined;

  refuseWith(refusal: () => Error | undefined): this {
    this.#refusal = refusal;
    return this;
  }

  /** `await` calls it too, since this is no plain promise. */
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
 * The promise of some work, which refuses those who must not wait for it.
 *
 * @param refusal - asked at each wait until the work has ended
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
