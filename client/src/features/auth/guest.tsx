import { usePlace } from '../../app/routing.tsx';
import { Forgotten } from './forgotten.tsx';
import { ResetPassword } from './reset-password.tsx';
import { SignIn } from './sign-in.tsx';
import { SignUp } from './sign-up.tsx';

/** All that somebody sees who is not signed in. */
// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function Guest() {
  switch (usePlace().pathname) {
    case '/sign-up':
      return <SignUp />;
    case '/forgotten':
      return <Forgotten />;
    case '/reset-password':
      return <ResetPassword />;
    default:
      return <SignIn />;
  }
}
