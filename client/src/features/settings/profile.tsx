import type { Person } from '@parley/common/contracts';
import { limits } from '@parley/common/contracts/limits';
import { type FormEvent, useEffect, useState } from 'react';
import { useAppDispatch, useMe, useParley } from '../../app/hooks.ts';
import { peopleLearnt, usePerson } from '../../app/person.ts';
import { type Refusals, refusalsOf } from '../../app/refusals.ts';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field } from '../../ui/field.tsx';
import { putPicture, squareOf } from './picture.ts';

export function Profile() {
  const texts = useTexts();
  const later = useLaterTexts();
  const { settings, auth } = later;
  const { userId, userName } = useMe();
  const parley = useParley();
  const dispatch = useAppDispatch();
  const me = usePerson(userId);
  const { displayName = '', about = '' } = me.profile ?? {};
  const [form, setForm] = useState({ displayName, about });
  const [refusals, setRefusals] = useState<Refusals>({});
  const [saved, setSaved] = useState(false);
  useEffect(() => setForm({ displayName, about }), [displayName, about]);

  const change = async (request: () => Promise<Person>) => {
    setRefusals({});
    setSaved(false);
    try {
      dispatch(peopleLearnt([await request()]));
      setSaved(true);
    } catch (error) {
      setRefusals(refusalsOf(texts, later, error));
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    void change(() => parley.request('patch', '/api/users/me', form));
  };
  const choose = async (file: File | undefined) => {
    const picture = file && (await squareOf(file));
    if (picture) await change(() => putPicture(parley, picture));
    else if (file) setRefusals({ picture: settings.pictureRefused });
  };

  return (
    <Card title={settings.profile}>
      <div className="mb-6 flex items-center gap-5">
        <Avatar size="huge" userId={userId} name={me.name} pictureId={me.pictureId} />
        <div className="flex min-w-0 flex-col items-start gap-2">
          <p className="max-w-full truncate text-soft">{userName}</p>
          <label className="relative inline-flex min-h-10 cursor-pointer items-center rounded-xl bg-field px-4 py-2 text-center text-sm font-semibold hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent">
            {settings.changePicture}
            <input
              type="file"
              accept="image/*"
              className="sr-only"
              onChange={(event) => {
                void choose(event.target.files?.[0]);
                event.target.value = '';
              }}
            />
          </label>
          {me.pictureId && (
            <Button look="bare" onClick={() => void change(() => parley.request('delete', '/api/users/me/picture', {}))}>
              {settings.removePicture}
            </Button>
          )}
          {refusals.picture && (
            <p role="alert" className="text-sm text-danger">
              {refusals.picture}
            </p>
          )}
        </div>
      </div>
      <form onSubmit={save} className="flex flex-col gap-5" noValidate>
        <Field
          label={auth.displayName}
          value={form.displayName}
          maxLength={limits.displayName}
          error={refusals.displayName}
          onChange={(event) => setForm({ ...form, displayName: event.target.value })}
        />
        <Field
          label={settings.about}
          hint={settings.aboutHint}
          value={form.about}
          maxLength={limits.about}
          error={refusals.about ?? refusals.form}
          onChange={(event) => setForm({ ...form, about: event.target.value })}
        />
        <div className="flex items-center gap-4">
          <Button type="submit" disabled={form.displayName.trim() === '' || (form.displayName === displayName && form.about === about)}>
            {settings.save}
          </Button>
          <span role="status" className="text-sm text-soft">
            {saved && settings.saved}
          </span>
        </div>
      </form>
    </Card>
  );
}
