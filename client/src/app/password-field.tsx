import { type ComponentProps, useState } from 'react';
import { useLaterTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { LaterIcon } from '../ui/icon-later.tsx';

export function PasswordField(props: Omit<ComponentProps<typeof Field>, 'type' | 'end'>) {
  const { auth } = useLaterTexts();
  const [shown, show] = useState(false);
  return (
    <Field
      {...props}
      type={shown ? 'text' : 'password'}
      end={
        <IconButton
          label={shown ? auth.hidePassword : auth.showPassword}
          aria-pressed={shown}
          className="size-9"
          onClick={() => show(!shown)}
        >
          <LaterIcon name={shown ? 'hidden' : 'eye'} />
        </IconButton>
      }
    />
  );
}
