"""The pages: what a person sees and presses. Works without scripts; every form redirects after it did something.

routes        which address leads to which page
asking        who asks, from which practice, and what their form holds
showing       the acts' values as the templates want them
entries       the record as the templates want it
carriages     the truth about the mail of a letter
past          reading back through a record, page by page
public        sign-in, sign-out, exit, help now
arriving      the first set-up, and invitations
client        a client's home, session room and letters
waiting       the waiting room: a client checks in; own_check_in: what is kept of it, and their word
check_ins     check-ins as clinicians see them
sessions      a client's sessions and the times to be had; times: times on forms and pages
inbox         a clinician's day and list
calendar      a clinician's agenda: booking, moving, calling off, offering times
conversation  the open conversation and what is done in it
files         originals and attachments, handed out so that they can do nothing
screening     letters that could not be told beyond doubt to be a client's
admin         metadata for administrators
static        sheets and scripts
trouble       refusals, in calm words
"""
