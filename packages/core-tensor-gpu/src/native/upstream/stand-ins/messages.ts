/** The protocol messages serve TensorBoard alone, which is not offered; loading them would change the global object. */
export {};
