/** The pods of this service: the name under which publishers address them, and devices are registered. */
export const GROUP = 'notifications';
