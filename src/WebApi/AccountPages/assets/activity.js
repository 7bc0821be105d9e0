// The activity of the account.

import { activityList } from './activity-list.js';
import { auth } from './session.js';
import { t } from './texts.js';

export const open = async () => ({
  title: t.activity.title,
  lead: t.activity.lead,
  content: await activityList((after) => auth.activity({ after })),
});
