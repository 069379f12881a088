/**
 * Replaces the protocol messages, which only TensorBoard needs. TensorBoard is not supported, and loading them would
 * change the global object.
 */
export {};
