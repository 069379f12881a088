import { type OwnCode, ownCodes } from '@cantrip/errors';

type Code = 'MLFLOW_AWAY' | 'MLFLOW_REFUSED';

/** The error codes of this package. */
export const codes: Readonly<Record<Code, OwnCode>> = ownCodes('mlflow', {
  MLFLOW_AWAY:
    'The MLflow server cannot be reached, or cannot answer now. The run goes on, and it is asked again.',
  MLFLOW_REFUSED: 'The MLflow server refuses a request. The run goes on, and what was sent is lost.',
});
