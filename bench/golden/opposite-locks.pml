byte s0 = 0; /* arena->lock.locked */
byte s1 = 0; /* arena->other.locked */
byte pos = 0;

active [1] proctype group0() {
S4: /* mutex_lock(&arena->lock) */
  if
  :: d_step { (s0==0) -> s0 = 1; } goto S3;
  fi;
S3: /* mutex_lock(&arena->other) */
  if
  :: d_step { (s1==0) -> s1 = 1; } goto S2;
  fi;
S2: /* mutex_unlock(&arena->other) */
  if
  :: d_step { (true) -> s1 = 0; } goto S1;
  fi;
S1: /* mutex_unlock(&arena->lock) */
  if
  :: d_step { (true) -> s0 = 0; } goto end_0;
  fi;
end_0:
  false;
}

active [1] proctype group1() {
S0: /* mutex_lock(&arena->other) */
  if
  :: d_step { (s1==0) -> s1 = 1; pos = 1; } goto S1;
  fi;
S1: /* mutex_lock(&arena->lock) */
  if
  :: d_step { (s0==0) -> s0 = 1; pos = 2; } goto S2;
  fi;
S2: /* mutex_unlock(&arena->lock) */
  if
  :: d_step { (true) -> s0 = 0; pos = 3; } goto S3;
  fi;
S3: /* mutex_unlock(&arena->other) */
  if
  :: d_step { (true) -> s1 = 0; pos = 4; } goto end_4;
  fi;
end_4:
  false;
}
