import koffi from 'koffi';

/** TensorFlow 2.21 reads TF_XLA_FLAGS and TF_JITRT_FLAGS while it loads, and XLA_FLAGS when it first compiles. */
const flags = /^(TF|XLA)_(\w+_)?FLAGS$/;

/**
 * Runs a function of TensorFlow and hides its output on stderr, if TF_CPP_MIN_LOG_LEVEL is 3.
 *
 * While it loads, before it reads its log level, TensorFlow prints the name of every library that it tries. Real
 * problems are returned as errors. There is one exception: an unknown flag ends the process, and only the printed
 * text says why. So nothing is hidden if flags are set.
 */
export function quietly<T>(run: () => T): T {
  const hasFlags = Object.keys(process.env).some((name) => flags.test(name) && process.env[name]);
  if (hasFlags || process.env['TF_CPP_MIN_LOG_LEVEL'] !== '3' || process.platform === 'win32') return run();
  const host = koffi.load(null);
  const dup2 = host.func('dup2', 'int', ['int', 'int']);
  const close = host.func('close', 'int', ['int']);
  const stderr = host.func('dup', 'int', ['int'])(2) as number;
  const nowhere = host.func('open', 'int', ['str', 'int'])('/dev/null', 1) as number;
  dup2(nowhere, 2);
  try {
    return run();
  } finally {
    dup2(stderr, 2);
    close(nowhere);
    close(stderr);
  }
}
